import type { OpenRun } from "./open-runs.ts";
import type { SpanError } from "./span.ts";
import { toSpanError } from "./span-error.ts";

/** The error of a run; one that only says that the run was aborted gives way to a timeout, where the signal was one. */
export function reasonOf(error: SpanError | undefined, run: OpenRun): SpanError {
  if (error === undefined) return { type: "Error", message: "unknown error" };
  const reason = error.httpStatus === 499 ? stoppedBy(run) : undefined;
  return reason?.httpStatus === 408 ? reason : error;
}

/** Why the program stopped a run, where its signal tells. */
export function stoppedBy(run: OpenRun): SpanError | undefined {
  try {
    return run.signal?.aborted === true ? toSpanError(run.signal.reason) : undefined;
  } catch {
    // What cannot be read tells nothing.
    return undefined;
  }
}
