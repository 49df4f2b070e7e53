import { formatDuration } from "@portkey-tracing/core/tree";

export { formatCount, formatCounted, formatDuration } from "@portkey-tracing/core/tree";

/** Dollars with as many digits as tell something: `$12.30`, `$0.0042`, `$0.000015`; `–` where no price is known. */
export function formatUsd(usd: number | undefined): string {
  if (usd === undefined) return "–";
  if (usd === 0) return "$0";
  if (usd < 0.000_000_1) return "<$0.0000001";
  if (usd < 0.000_1) return `$${Number(usd.toPrecision(2)).toFixed(7).replace(/0+$/, "")}`;
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  return `$${Number(usd.toPrecision(usd < 0.01 ? 2 : 3)).toFixed(usd < 0.01 ? 4 : 3)}`;
}

/** A count in four characters at most, where room is short: `950`, `12.3k`, `4.1M`. */
export function formatShortCount(count: number): string {
  if (count < 1_000) return String(count);
  const [value, unit] =
    count < 999_950 ? [count / 1e3, "k"] : count < 999_950_000 ? [count / 1e6, "M"] : [count / 1e9, "B"];
  return `${value < 100 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}${unit}`;
}

/** A length of time as one says it: `15 minutes`, `hour`, `day`, `7 days`. */
export function formatPeriod(ms: number): string {
  const [unit, size] = PERIODS.find(([, one]) => ms === one || ms >= 2 * one) ?? ["second", 1_000];
  const count = Number((ms / size).toPrecision(3));
  return count === 1 ? unit : `${count} ${unit}s`;
}

const PERIODS = [
  ["day", 8.64e7],
  ["hour", 3.6e6],
  ["minute", 6e4],
] as const;

/** How long ago something was, for people. */
export function formatAgo(timeMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - timeMs) / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return formatTime(timeMs).slice(0, 16);
}

/** Date and time of this machine's clock, with milliseconds: `2026-11-21 19:06:18.866`. */
export function formatTime(timeMs: number): string {
  const time = new Date(timeMs);
  if (Number.isNaN(time.getTime())) return "at no known time";
  return new Date(timeMs - time.getTimezoneOffset() * 60_000).toISOString().replace("T", " ").replace("Z", "");
}

/** A place on a time axis of `wholeMs`, as a share of it. */
export interface Tick {
  readonly share: number;
  readonly label: string;
}

/** Round points between two moments, about `most` of them at most: `0`, `250 ms`, `500 ms`, … */
export function ticksBetween(fromMs: number, toMs: number, most = 5): Tick[] {
  const whole = toMs - fromMs;
  if (!(whole > 0)) return [{ share: 0, label: formatTick(fromMs, 1) }];
  const step = stepOf(whole / most);
  // Numbers are right to so many steps, the farther from the start the less.
  const error = 1e-9 * Math.max(1, toMs / step);
  const first = Math.ceil(fromMs / step - error);
  const count = Math.floor(toMs / step + error) - first + 1;
  return Array.from({ length: count }, (_, index) => {
    const ms = (first + index) * step;
    return { share: (ms - fromMs) / whole, label: formatTick(ms, step) };
  });
}

/** Round in decimals below ten seconds, as clocks are above. */
function stepOf(leastMs: number): number {
  const onClock = CLOCK_STEPS_MS.find((ms) => ms >= leastMs);
  if (leastMs > 10_000 && onClock !== undefined) return onClock;
  const power = 10 ** Math.floor(Math.log10(leastMs));
  return power * ([1, 2, 5].find((digit) => digit * power >= leastMs) ?? 10);
}

const CLOCK_STEPS_MS = [15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400].map((s) => s * 1_000);

/** A moment far from the start, of which a short time is looked at: `1 min 0.25 s`. */
function formatWithinMinute(ms: number, step: number): string {
  const minutes = Math.floor(ms / 60_000 + 1e-9);
  const decimals = Math.min(6, Math.max(0, Math.ceil(3 - Math.log10(step))));
  return `${minutes} min ${Number(((ms - minutes * 60_000) / 1_000).toFixed(decimals))} s`;
}

function formatTick(ms: number, step: number): string {
  if (ms === 0) return "0";
  if (ms >= 60_000 && step < 1_000) return formatWithinMinute(ms, step);
  if (ms >= 60_000) return formatDuration(ms).replace(/ 00 \w+$/, "");
  const isLong = ms >= 1_000 && step >= 1;
  const [unit, size] = step < 1 && ms < 1 ? ["µs", 0.001] : isLong ? ["s", 1_000] : ["ms", 1];
  return `${Number((ms / size).toPrecision(9))} ${unit}`;
}
