import type { EventOrigin, Recorder, SpanContext, StartEvent } from "./event.ts";
import { createTraceId } from "./ids.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { DEFAULT_LIMITS, snapshot } from "./snapshot.ts";
import type { SpanType } from "./span.ts";
import { isAbort, toSpanError } from "./span-error.ts";

/** Options of a span that is made by hand. */
export interface SpanOptions {
  readonly name?: string | undefined;
  /** Kind of work; `span` where it is not given. */
  readonly type?: SpanType | undefined;
  readonly input?: unknown;
  readonly tags?: readonly string[] | undefined;
  /** Metadata of the span and of everything inside it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const ORIGIN: EventOrigin = { source: "Portkey" };

/** Runs a function as a span. The program sees the function's own result, promise or error, and nothing else. */
export function spanByHand<R>(
  recorder: Recorder,
  name: string,
  run: (context: SpanContext, metadata: JsonObject) => R,
  options: SpanOptions,
  start: Pick<StartEvent, "traceId" | "parent">,
): R {
  const runId = createTraceId();
  const { type = "span", input, tags, metadata } = options;
  recorder.record({ kind: "start", runId, type, name, input, tags, metadata, ...start }, ORIGIN);
  const inherited = snapshot(metadata, DEFAULT_LIMITS);
  const end = (output: unknown): void => recorder.record({ kind: "end", runId, output }, ORIGIN);
  const fail = (error: unknown): void => {
    const status = isAbort(error) ? "cancelled" : "error";
    recorder.record({ kind: "error", runId, status, error: toSpanError(error) }, ORIGIN);
  };
  try {
    const context = recorder.contextOf(runId) ?? { traceId: runId };
    const result = run(context, isJsonObject(inherited) ? inherited : {});
    if (isThenable(result)) return follow(result, end, fail);
    end(result);
    return result;
  } catch (error) {
    fail(error);
    throw error;
  }
}

/**
 * Watches a promise. One of the language's own is passed on through `then`, so that a rejection which nobody handles
 * stays unhandled; a library's (with methods of its own) is handed back itself.
 */
function follow<R>(result: R & PromiseLike<unknown>, end: (value: unknown) => void, fail: (error: unknown) => void): R {
  if (Object.getPrototypeOf(result) !== Promise.prototype) {
    result.then(end, fail);
    return result;
  }
  const followed = result.then(
    (value) => {
      end(value);
      return value;
    },
    (error: unknown) => {
      fail(error);
      throw error;
    },
  );
  return followed as unknown as R;
}

function isThenable<R>(value: R): value is R & PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
