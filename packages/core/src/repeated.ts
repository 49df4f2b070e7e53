import type { TraceEvent } from "./event.ts";
import type { OpenRun } from "./open-runs.ts";

/**
 * True for a mark or token that was delivered before. Some versions of LangChain deliver each event once for every place
 * at which the handler was given, one right after the other: a run whose start came `n` times has each of its own marks
 * and tokens `n` times, and those that the program dispatches below it at most as often.
 */
export function isRepeated(run: OpenRun, event: TraceEvent): boolean {
  if (run.copies === 1 || (event.kind !== "mark" && event.kind !== "token")) return false;
  const what = event.kind === "mark" ? event.name : event.text;
  const { last } = run;
  if (last === undefined || last.what !== what || last.of !== event.of) {
    run.last = { what, of: event.of, times: 1 };
    return false;
  }
  last.times += 1;
  return (last.times - 1) % run.copies !== 0;
}
