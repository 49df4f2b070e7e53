/**
 * What the repetitions of each handler say together. CPU is the least of them: other work on the machine only adds.
 * `added` is what a span costs over "none", in µs; `spread` how far the worst repetition lies above the best.
 */
export function summarize(results, expected) {
  const none = least(results.filter((result) => result.handler === "none"));
  const handlers = [...new Set(results.map((result) => result.handler))];
  return handlers.map((handler) => {
    const own = results.filter((result) => result.handler === handler);
    const cpu = own.map((result) => result.cpuUs);
    const sends = handler !== "none" && handler !== "no-op";
    return {
      handler,
      cpuPerSpan: least(own) / expected,
      added: (least(own) - none) / expected,
      spread: (Math.max(...cpu) - Math.min(...cpu)) / expected,
      peakRssMb: Math.max(...own.map((result) => result.peakRssMb)),
      bytesPerSpan: Math.max(...own.map((result) => result.bytes)) / expected,
      requests: Math.max(...own.map((result) => result.requests)),
      lost: sends ? Math.max(...own.map((result) => expected - result.arrived)) : 0,
    };
  });
}

function least(results) {
  return Math.min(...results.map((result) => result.cpuUs));
}

/** How the goals stand: what is compared, the ratio, and the most that it may be. */
export function compare(workload, rows, handler) {
  const added = (name) => rows.find((row) => row.handler === name)?.added;
  const whole = (name) => rows.find((row) => row.handler === name)?.cpuPerSpan;
  const ratio = (other, read) => (read(other) === undefined ? undefined : read(handler) / read(other));
  const goals = { W1: 0.5, W2: 0.5 };
  return [
    { to: "langfuse", ratio: ratio("langfuse", added), goal: goals[workload] },
    { to: "floor", ratio: ratio("floor", added), goal: workload === "W1" || workload === "W2" ? 1.3 : undefined },
    { to: "floor-plain", ratio: ratio("floor-plain", added) },
    { to: "no-op", ratio: ratio("no-op", added), goal: workload === "W3" ? 1.15 : undefined },
    { to: "no-op, whole program", ratio: ratio("no-op", whole) },
  ].filter((line) => Number.isFinite(line.ratio));
}
