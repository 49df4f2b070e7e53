import { createEmptyHandler, STARTS } from "./methods.mjs";

/** Counts the runs that a workload starts: what every other handler is expected to send. */
export function create() {
  const handler = createEmptyHandler("counting");
  const seen = new Set();
  for (const method of STARTS) handler[method] = (_serialized, _input, runId) => void seen.add(runId);
  return { callbacks: [handler], flush: async () => undefined, spans: () => seen.size, reset: () => seen.clear() };
}
