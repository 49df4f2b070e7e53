import { defineConfig } from "tsdown";
import { libraryBuild } from "../../tsdown.base.ts";

export default defineConfig(
  libraryBuild({ index: "src/index.ts", wire: "src/wire/index.ts", tree: "src/tree/index.ts" }),
);
