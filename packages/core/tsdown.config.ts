import type { UserConfig } from "tsdown";
import { libraryBuild } from "../../tsdown.base.ts";

const config: UserConfig = libraryBuild(
  {
    index: "src/index.ts",
    wire: "src/wire/index.ts",
    tree: "src/tree/index.ts",
    node: "src/node/index.ts",
    // Chosen by the conditions of `imports` in package.json: undici in Node, fetch elsewhere.
    "undici-transport": "src/transport/undici-transport.ts",
    "fetch-transport": "src/transport/fetch-transport.ts",
  },
  { deps: { neverBundle: ["#http-transport"] } },
);

export default config;
