import type { UserConfig } from "tsdown";

/** How every package is built: ESM and CJS with types for both, checked as npm would see them. */
export function libraryBuild(entry: Record<string, string>, more: UserConfig = {}): UserConfig {
  return {
    entry,
    format: ["esm", "cjs"],
    platform: "node",
    target: "node20.19",
    dts: { oxc: true },
    tsconfig: "../../tsconfig.json",
    clean: true,
    fixedExtension: true,
    publint: { level: "error" },
    attw: { profile: "node16", level: "error" },
    ...more,
  };
}
