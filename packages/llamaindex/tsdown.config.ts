import type { UserConfig } from "tsdown";
import { libraryBuild } from "../../tsdown.base.ts";

const config: UserConfig = libraryBuild({ index: "src/index.ts" });

export default config;
