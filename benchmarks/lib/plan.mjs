/**
 * The order of all runs. Each round runs every handler once, and begins with another one, so that what else the machine
 * does falls on all alike.
 */
export function planRuns({ workloads, handlers, repetitions }) {
  return Array.from({ length: repetitions }, (_, round) =>
    workloads.flatMap((workload) => rotate(handlers, round).map((handler) => ({ workload, handler, round }))),
  ).flat();
}

function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
