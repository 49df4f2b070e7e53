/** A duration for people: `0.4 ms`, `12 ms`, `1.23 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms) {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${padTwo(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${padTwo(minutes % 60)} min`;
}

/** Round points on an axis of that many milliseconds, three to six of them: `0`, `250 ms`, `500 ms`, … */
export function ticksOf(wholeMs) {
  const [unit, factor] = wholeMs < 1_000 ? ["ms", 1] : wholeMs < 120_000 ? ["s", 1_000] : ["min", 60_000];
  const whole = Math.max(wholeMs / factor, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(whole / 5));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => whole / size <= 5);
  const count = Math.ceil(whole / step);
  return Array.from({ length: count }, (_, index) => ({
    share: (index * step) / whole,
    label: index === 0 ? "0" : `${Number((index * step).toPrecision(6))} ${unit}`,
  }));
}

export function formatCount(count) {
  return count.toLocaleString("en-US");
}

/** How long ago something was, for people. */
export function formatAgo(timeMs, nowMs) {
  const seconds = Math.max(0, Math.round((nowMs - timeMs) / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return formatTime(timeMs).slice(0, 16);
}

/** Date and time of this machine's clock, with milliseconds: `2026-11-21 19:06:18.866`. */
export function formatTime(timeMs) {
  const local = new Date(timeMs - new Date(timeMs).getTimezoneOffset() * 60_000);
  return local.toISOString().replace("T", " ").replace("Z", "");
}

function padTwo(value) {
  return String(value).padStart(2, "0");
}
