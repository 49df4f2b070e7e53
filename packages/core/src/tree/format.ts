/** A duration for people: `0.4 ms`, `12 ms`, `1.23 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${padTwo(seconds % 60)} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${padTwo(minutes % 60)} min`;
}

/** A count for people: `1,204`. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 span`, `1,204 spans`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function padTwo(value: number): string {
  return String(value).padStart(2, "0");
}
