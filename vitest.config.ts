import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Tests read the packages' sources; what is published is tested by the `install` project. */
const alias = [
  { find: /^#http-transport$/, replacement: source("core/src/transport/undici-transport.ts") },
  { find: /^@portkey-tracing\/core$/, replacement: source("core/src/index.ts") },
  { find: /^@portkey-tracing\/core\/wire$/, replacement: source("core/src/wire/index.ts") },
  { find: /^@portkey-tracing\/core\/tree$/, replacement: source("core/src/tree/index.ts") },
  { find: /^@portkey-tracing\/core\/node$/, replacement: source("core/src/node/index.ts") },
  { find: /^@portkey-tracing\/(langchain|llamaindex|collector)$/, replacement: source("$1/src/index.ts") },
];

const config: ViteUserConfig = {
  resolve: { alias },
  test: {
    // Bounds for what hangs. How long something takes on a busy machine decides about no test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: [fileURLToPath(new URL("./tests/support/clean-environment.ts", import.meta.url))],
    projects: [
      { extends: true, test: { name: "unit", include: ["packages/*/{src,page}/**/*.test.ts"] } },
      { extends: true, test: { name: "golden", include: ["fixtures/*/**/*.test.ts"] } },
      { extends: true, test: { name: "end-to-end", include: ["tests/**/*.test.ts"] } },
    ],
  },
};

export default config;
