import { readFileSync, writeFileSync } from "node:fs";
import type { UserConfig } from "tsdown";
import { libraryBuild } from "../../tsdown.base.ts";

const modules = { format: ["esm" as const], dts: false, clean: false, publint: false, attw: false };

const STYLES = "tokens base controls frame list trace waterfall bars span session".split(" ");

/** One file: a browser asks for few at a time. */
function joinStyles(): void {
  const text = STYLES.map((name) => readFileSync(`page/styles/${name}.css`, "utf8")).join("\n");
  writeFileSync("dist/page/page.css", text);
}

/** The Traces page: one script without imports, its styles, and the script that sets the theme before the first paint. */
const page: UserConfig = {
  entry: { page: "page/src/main.tsx", theme: "page/src/theme.ts" },
  outDir: "dist/page",
  format: ["esm"],
  platform: "browser",
  target: "es2022",
  tsconfig: "page/tsconfig.json",
  noExternal: [/./],
  inlineOnly: false,
  dts: false,
  clean: false,
  minify: true,
  fixedExtension: false,
  publint: false,
  attw: false,
  define: { "process.env.NODE_ENV": '"production"' },
  copy: [
    { from: "page/index.html", to: "dist/page" },
    { from: "page/icon.svg", to: "dist/page" },
  ],
  hooks: { "build:done": joinStyles },
};

const config: UserConfig[] = [
  libraryBuild({ index: "src/index.ts" }),
  libraryBuild({ cli: "src/cli.ts", "sqlite-worker": "src/store/sqlite/worker.ts" }, modules),
  page,
];

export default config;
