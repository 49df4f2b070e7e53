/** Measures how long things take. */
export function createClock() {
  const times = [];
  return {
    async time(work) {
      const started = performance.now();
      const result = await work();
      times.push(performance.now() - started);
      return result;
    },
    /** `p50 1.2 ms, p99 3.4 ms, at most 5.6 ms (100)`. */
    describe() {
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share) =>
        (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
      return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms (${sorted.length})`;
    },
  };
}
