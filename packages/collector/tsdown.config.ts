import type { UserConfig } from "tsdown";
import { libraryBuild } from "../../tsdown.base.ts";

/** The files of the Traces page are shipped as they are, beside the modules. */
const page = { copy: [{ from: "src/page", to: "dist" }] };

const modules = { format: ["esm" as const], dts: false, clean: false, publint: false, attw: false };

const config: UserConfig[] = [
  libraryBuild({ index: "src/index.ts" }, page),
  libraryBuild({ cli: "src/cli.ts", "sqlite-worker": "src/store/sqlite/worker.ts" }, modules),
];

export default config;
