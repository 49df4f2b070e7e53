import type { ErrorEvent, EventOrigin, Recorder, SpanContext, StartEvent } from "./event.ts";
import { createTraceId } from "./ids.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { DEFAULT_LIMITS, snapshot } from "./snapshot.ts";
import type { ModelCall, SpanType } from "./span.ts";
import { toSpanError } from "./span-error.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

/** Options of a span that is made by hand. */
export interface SpanOptions {
  readonly name?: string | undefined;
  /** Kind of work; `span` where it is not given. */
  readonly type?: SpanType | undefined;
  readonly input?: unknown;
  /** Of spans of the types `llm` and `embedding`, whose input is the request and whose result is the answer. */
  readonly model?: ModelCall | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Metadata of the span and of everything inside it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const ORIGIN: EventOrigin = { source: "Portkey" };

/**
 * Runs a function as a span. The program sees the function's own result, promise or error, and nothing else.
 * Of a generator only the call is seen: its body runs later, outside the span.
 */
export function spanByHand<R>(
  recorder: Recorder,
  name: string,
  run: (context: SpanContext, metadata: JsonObject, runId: string) => R,
  options: SpanOptions,
  start: Pick<StartEvent, "traceId" | "parent">,
): R {
  const runId = createTraceId();
  const { type = "span", input, tags, metadata } = options;
  const model = isModelCall(type) ? (options.model ?? {}) : undefined;
  recorder.record({ kind: "start", runId, type, name, input, model, tags, metadata, ...start }, ORIGIN);
  const inherited = snapshot(metadata, { ...DEFAULT_LIMITS, ...WITHOUT_SECRETS });
  const watch: Watch = {
    end: (output) => recorder.record({ kind: "end", runId, output }, ORIGIN),
    // What was thrown is read inside `record`, which catches whatever reading it throws.
    fail: (error) => recorder.record(() => toErrorEvent(runId, error), ORIGIN),
  };
  const context = recorder.contextOf(runId) ?? { traceId: runId };
  let result: R;
  try {
    result = run(context, isJsonObject(inherited) ? inherited : {}, runId);
  } catch (error) {
    watch.fail(error);
    throw error;
  }
  return follow(result, watch);
}

/** The options among what was given. Throws what reading them throws. */
export function toSpanOptions(given: SpanOptions | null | undefined): SpanOptions {
  const { type, input, model, tags, metadata } = given ?? {};
  return { type, input, model: toModelCall(model), tags, metadata };
}

/** What is known of a call, without a reference to what was given. */
function toModelCall(given: ModelCall | null | undefined): ModelCall {
  const { provider, url, streamed, cached, timeToFirstTokenMs: firstTokenMs } = given ?? {};
  return {
    ...(typeof provider === "string" ? { provider } : {}),
    ...(typeof url === "string" ? { url } : {}),
    ...(typeof streamed === "boolean" ? { streamed } : {}),
    ...(typeof cached === "boolean" ? { cached } : {}),
    ...(isDuration(firstTokenMs) ? { timeToFirstTokenMs: firstTokenMs } : {}),
  };
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** Spans that stand for a call to a model, see {@link ModelCall}. */
export function isModelCall(type: unknown): boolean {
  return type === "llm" || type === "embedding";
}

/** Told of the end of a span; neither of its functions throws. */
interface Watch {
  readonly end: (output: unknown) => void;
  readonly fail: (error: unknown) => void;
}

type Then = (
  onFulfilled?: ((value: unknown) => unknown) | null,
  onRejected?: ((error: unknown) => unknown) | null,
) => unknown;

function toErrorEvent(runId: string, error: unknown): ErrorEvent {
  return { kind: "error", runId, status: "error", error: toSpanError(error) };
}

/**
 * Watches a result. A promise of the language's own is passed on through `then`, so that a rejection which nobody
 * handles stays unhandled; what the program has put on it (`cancel`, a process) goes along. Other thenables may begin
 * their work with each call of `then`, as query builders do: those are handed back themselves, and watched when the
 * program calls it. Anything else has ended.
 */
function follow<R>(result: R, watch: Watch): R {
  const watched = isNativePromise(result) ? watchPromise(result, watch) : undefined;
  if (watched !== undefined) return watched as R;
  const then = thenOf(result);
  if (then === undefined || !watchThen(result as object, then, watch)) watch.end(result);
  return result;
}

function isNativePromise(value: unknown): value is Promise<unknown> {
  try {
    return value instanceof Promise && Object.getPrototypeOf(value) === Promise.prototype;
  } catch {
    return false;
  }
}

function watchPromise(promise: Promise<unknown>, watch: Watch): Promise<unknown> | undefined {
  try {
    const watched = Promise.prototype.then.call(promise, ...observe(watch));
    for (const key of Reflect.ownKeys(promise)) {
      // Node may have put something of its own on both.
      const own = Object.hasOwn(watched, key) ? undefined : Object.getOwnPropertyDescriptor(promise, key);
      if (own !== undefined) Reflect.defineProperty(watched, key, own);
    }
    return watched;
  } catch {
    // A proxy, which is no promise.
    return undefined;
  }
}

function thenOf(value: unknown): Then | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const { then } = value as { then?: unknown };
    return typeof then === "function" ? (then as Then) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts a watching `then` before the object's own, and before a `catch` and a `finally` that may go past it, as those of
 * the openai SDK do. Answers false where the object takes no property.
 */
function watchThen(target: object, then: Then, watch: Watch): boolean {
  const watching = function (
    this: unknown,
    onFulfilled?: Parameters<Then>[0],
    onRejected?: Parameters<Then>[1],
  ): unknown {
    const [end, fail] = observe(watch);
    const fulfilled = (value: unknown): unknown => {
      const passed = end(value);
      return typeof onFulfilled === "function" ? onFulfilled(passed) : passed;
    };
    const rejected = (error: unknown): unknown => {
      watch.fail(error);
      return typeof onRejected === "function" ? onRejected(error) : fail(error);
    };
    return then.call(this as never, fulfilled, rejected);
  };
  const watchingCatch = function (this: unknown, onRejected?: Parameters<Then>[1]): unknown {
    return watching.call(this, undefined, onRejected);
  };
  const watchingFinally = function (this: unknown, onFinally?: (() => void) | null): unknown {
    return Promise.resolve(watching.call(this)).finally(onFinally);
  };
  try {
    if (!define(target, "then", watching)) return false;
    if (hasOwnWay(target, "catch")) define(target, "catch", watchingCatch);
    if (hasOwnWay(target, "finally")) define(target, "finally", watchingFinally);
    return true;
  } catch {
    return false;
  }
}

/** The language's own call `then`, which is watched. */
function hasOwnWay(target: object, name: "catch" | "finally"): boolean {
  const method: unknown = (target as Partial<Promise<unknown>>)[name];
  return typeof method === "function" && method !== Promise.prototype[name];
}

function define(target: object, name: string, value: (...args: never[]) => unknown): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
}

function observe({ end, fail }: Watch): [(value: unknown) => unknown, (error: unknown) => never] {
  return [
    (value) => {
      end(value);
      return value;
    },
    (error) => {
      fail(error);
      throw error;
    },
  ];
}
