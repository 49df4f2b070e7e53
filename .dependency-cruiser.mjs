/** The import directions of docs/architecture.md. */
const only = (name, from, to, comment) => ({ name, comment, severity: "error", from: { path: from }, to });

export default {
  forbidden: [
    only(
      "no-cycles",
      "^packages/[^/]+/src",
      { circular: true, dependencyTypesNot: ["type-only"] },
      "Files that need each other are one file, or three.",
    ),
    only(
      "core-knows-no-one",
      "^packages/core/src",
      { path: "^packages/(langchain|llamaindex|collector)|@langchain|llamaindex" },
      "core is left of everything.",
    ),
    only(
      "integrations-know-core-only",
      "^packages/(langchain|llamaindex)/src",
      { path: "^packages/core/src/(?!index\\.ts)|^packages/collector" },
      "By its written list of names.",
    ),
    only(
      "langchain-is-not-llamaindex",
      "^packages/langchain/src",
      { path: "^packages/llamaindex|llamaindex" },
      "One package a framework.",
    ),
    only(
      "llamaindex-is-not-langchain",
      "^packages/llamaindex/src",
      { path: "^packages/langchain|@langchain" },
      "One package a framework.",
    ),
    only(
      "frameworks-are-never-loaded",
      "^packages/(langchain|llamaindex)/src/(?!drain\\.ts|.*\\.test\\.ts)",
      { path: "@langchain|@llamaindex|node_modules/llamaindex", dependencyTypesNot: ["type-only"] },
      "They arrive in several copies: shapes are trusted, not classes.",
    ),
    only(
      "collector-knows-wire-and-tree",
      "^packages/collector/src",
      { path: "^packages/core/src/(?!wire/|tree/)", dependencyTypesNot: ["type-only"] },
      "The collector reads records and arranges spans; it traces nothing.",
    ),
    only(
      "page-stands-apart",
      "^packages/collector/page/src/(?!.*\\.test\\.ts$)",
      {
        path: "^packages/(core/src/(?!tree/)|collector/src/(?!view/(totals|path-part)\\.ts))|^tests/",
        dependencyTypesNot: ["type-only"],
      },
      "The Traces page runs in a browser: of the collector it takes types, and what both make: sums, and ids in addresses.",
    ),
    only(
      "wire-and-tree-are-pure",
      "^packages/core/src/(wire|tree)/(?!.*\\.test\\.ts)",
      { path: "^packages/core/src/(?!wire/|tree/|json\\.ts|span\\.ts|ids\\.ts)" },
      "What the collector uses needs no client.",
    ),
    only(
      "core-bundles-for-the-edge",
      "^packages/core/src/(?!node/|transport/(undici-transport|connector|shared-lookup)\\.ts|.*\\.test\\.ts)",
      { dependencyTypes: ["core"] },
      "No `node:` import in core's main entry.",
    ),
    only(
      "node-entry-stands-apart",
      "^packages/core/src/(?!node/|.*\\.test\\.ts)",
      { path: "^packages/core/src/node/" },
      "Only who asks for the disk spool loads it.",
    ),
    only(
      "tests-are-not-shipped",
      "^packages/[^/]+/src/(?!.*\\.test\\.ts$)",
      { path: "\\.test\\.ts$|^tests/|^fixtures/|^examples/" },
      "Sources need no test.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};
