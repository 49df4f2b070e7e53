import type { Context } from "hono";
import { fail } from "../http/failure.ts";
import { hasVersion } from "../http/has-version.ts";
import type { Feedback, Store } from "../store/store.ts";
import { TraceGone } from "../store/whole-trace.ts";

/**
 * Answers with what a trace is now, or 304 to who has that already. The revision is read first: what comes while the
 * trace is read costs one more answer, and none is missed.
 */
export async function answerIfChanged(
  context: Context,
  store: Store,
  traceId: string,
  answer: (feedback: readonly Feedback[]) => Promise<Response>,
): Promise<Response> {
  const revision = await store.getRevision(traceId);
  if (revision === undefined) return noSuchTrace(context);
  const feedback = await store.listFeedback(traceId);
  const version = versionOf(revision, feedback);
  context.header("etag", version);
  if (hasVersion(context, version)) return context.body(null, 304);
  try {
    return await answer(feedback);
  } catch (error) {
    if (error instanceof TraceGone) return noSuchTrace(context);
    throw error;
  }
}

/** The answer about a trace of which nothing is there. */
export function noSuchTrace(context: Context): Response {
  return fail(context, 404, "no span of this trace has arrived");
}

function versionOf(revision: string, feedback: readonly Feedback[]): string {
  const updatedMs = feedback.reduce((latest, one) => Math.max(latest, one.updatedMs), 0);
  return `"${revision}-${feedback.length}-${updatedMs}"`;
}
