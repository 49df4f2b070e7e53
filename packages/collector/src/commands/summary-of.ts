import type { Store, TraceSummary } from "../store/store.ts";
import { CommandError } from "./command-error.ts";

/** The summary of a trace that is asked for by its id. Throws a `CommandError` where there is none. */
export async function summaryOf(store: Store, traceId: string): Promise<TraceSummary> {
  const trace = await store.getSummary(traceId);
  if (trace === undefined) throw new CommandError("no span of this trace is there");
  return trace;
}
