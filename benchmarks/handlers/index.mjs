// A handler under measurement: `create(sinkUrl)` gives `{ callbacks, flush }`.
// `callbacks` goes to LangChain, `flush` resolves when all spans are sent or lost. `spans()` is what a counter has seen.

/** Loaded only where they are used: a process pays for one handler. */
export const HANDLERS = {
  none: () => import("./none.mjs"),
  "no-op": () => import("./no-op.mjs"),
  floor: () => import("./floor.mjs"),
  "floor-plain": () => import("./floor-plain.mjs"),
  ours: () => import("./ours.mjs"),
  "ours-spooled": () => import("./ours-spooled.mjs"),
  "ours-synced": () => import("./ours-synced.mjs"),
  candidate: () => import("./candidate.mjs"),
  langfuse: () => import("../langfuse/handler.mjs"),
  counting: () => import("./counting.mjs"),
};

/** What a run compares, unless it is told otherwise. */
export const DEFAULT_HANDLERS = [
  "none",
  "no-op",
  "floor",
  "floor-plain",
  "ours",
  "ours-spooled",
  "ours-synced",
  "langfuse",
];
