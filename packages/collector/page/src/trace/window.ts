/** A part of a trace's time, in milliseconds from its start. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Nothing smaller than a microsecond is told. */
const LEAST_MS = 0.001;

/** The window as a text for the address: `120-450.5`. */
export function formatWindow({ fromMs, toMs }: TimeWindow): string {
  return `${Number(fromMs.toFixed(3))}-${Number(toMs.toFixed(3))}`;
}

/** Reads a window; `undefined` where the text is none, or is all of the trace. */
export function parseWindow(text: string | null, wholeMs: number): TimeWindow | undefined {
  const { from, to } = /^(?<from>\d+(?:\.\d+)?)-(?<to>\d+(?:\.\d+)?)$/.exec(text ?? "")?.groups ?? {};
  if (from === undefined || to === undefined || Number(to) <= Number(from) || Number(from) >= wholeMs) return undefined;
  return fit({ fromMs: Number(from), toMs: Number(to) }, wholeMs);
}

/** The window zoomed by a factor around a moment; below 1 it is a shorter time. */
export function zoom(window: TimeWindow, factor: number, aroundMs: number, wholeMs: number): TimeWindow | undefined {
  const next = {
    fromMs: aroundMs - (aroundMs - window.fromMs) * factor,
    toMs: aroundMs + (window.toMs - aroundMs) * factor,
  };
  return fit(next, wholeMs);
}

/** The window moved by a share of its own length, within the trace. */
export function pan(window: TimeWindow, share: number, wholeMs: number): TimeWindow | undefined {
  const length = window.toMs - window.fromMs;
  const fromMs = Math.min(Math.max(0, window.fromMs + share * length), Math.max(0, wholeMs - length));
  return fit({ fromMs, toMs: fromMs + length }, wholeMs);
}

function fit({ fromMs, toMs }: TimeWindow, wholeMs: number): TimeWindow | undefined {
  const from = Math.max(0, Math.min(fromMs, wholeMs - LEAST_MS));
  const to = Math.min(wholeMs, Math.max(toMs, from + LEAST_MS));
  return from <= 0 && to >= wholeMs ? undefined : { fromMs: from, toMs: to };
}
