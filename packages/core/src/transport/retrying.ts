import type { RetryOptions } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import { passOn } from "./pass-on.ts";
import { type Batch, mayBeAboutContent, type Outcome, type Transport } from "./transport.ts";

type Limits = { readonly [K in keyof RetryOptions]-?: number };

/** Told of each attempt that will be repeated. */
export type RetryListener = (outcome: Outcome & { kind: "retryable" }, attempt: number) => void;

/**
 * Repeats what is worth repeating: with doubled, jittered waits, what the server asks for by `Retry-After`, a fresh
 * time limit for each attempt and one deadline over all of them. Answers `retries_exhausted` at the deadline. `wake()`
 * ends a wait at once, unless the server asked for it. A batch that has its `attempts` behind it is given back as
 * `retryable`, where the failure may be about what it holds.
 */
export function retrying(inner: Transport, limits: Limits, runtime: Runtime, onRetry: RetryListener): Transport {
  let wakePause: (() => void) | undefined;
  let isHurried = false;
  return {
    ...passOn(inner),
    async send(batch, signal): Promise<Outcome> {
      const deadlineMs = batch.untilMs ?? runtime.now() + limits.deadlineMs;
      let waits = 0;
      for (let attempt = 1; ; attempt++) {
        const outcome = await attemptOnce(inner, batch, signal, limits.attemptTimeoutMs, runtime);
        if (outcome.kind !== "retryable") return outcome;
        if (signal.aborted) return { kind: "rejected", reason: "shutdown", message: outcome.message };
        // Someone waits for the end: it may be near, and short waits come first again.
        waits = isHurried ? 1 : waits + 1;
        isHurried = false;
        const ownMs = backoffMs(waits, limits, runtime);
        const waitMs = Math.max(outcome.retryAfterMs ?? 0, ownMs);
        if (batch.attempts === attempt && mayBeAboutContent(outcome)) return outcome;
        if (runtime.now() + waitMs > deadlineMs) return { ...outcome, kind: "rejected", reason: "retries_exhausted" };
        onRetry(outcome, attempt);
        await pause(waitMs, signal, runtime, (wake) => {
          if (outcome.retryAfterMs === undefined) wakePause = wake;
        });
        wakePause = undefined;
      }
    },
    wake: () => {
      isHurried = true;
      wakePause?.();
      inner.wake?.();
    },
  };
}

async function attemptOnce(
  inner: Transport,
  batch: Batch,
  signal: AbortSignal,
  timeoutMs: number,
  runtime: Runtime,
): Promise<Outcome> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const timer = runtime.schedule(() => attempt.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return toSound(await Promise.race([inner.send(batch, attempt.signal), givenUp(attempt.signal)]));
  } catch (error) {
    return { kind: "rejected", reason: "transport_failed", message: error instanceof Error ? error.message : "threw" };
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", stop);
  }
}

/** What a transport of the user's own answers may be anything. */
function toSound(outcome: Outcome): Outcome {
  const kind: unknown = (outcome as Outcome | undefined)?.kind;
  if (kind !== "accepted" && kind !== "retryable" && kind !== "rejected") {
    return { kind: "rejected", reason: "transport_failed", message: "the transport's answer is no outcome" };
  }
  if (outcome.kind !== "retryable" || outcome.retryAfterMs === undefined || outcome.retryAfterMs >= 0) return outcome;
  const { retryAfterMs: _wrong, ...rest } = outcome;
  return rest;
}

/** A transport that does not stop when it is told to is not waited for. */
function givenUp(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const give = (): void => {
      const message = signal.reason instanceof Error ? signal.reason.message : "stopped";
      // One turn later, so that a transport that does stop can say why.
      setTimeout(() => resolve({ kind: "retryable", message }));
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}

/** Doubles from the first wait to the longest one; half of it is chance, so that many processes do not march in step. */
function backoffMs(attempt: number, limits: Limits, runtime: Runtime): number {
  const full = Math.min(limits.maxDelayMs, limits.minDelayMs * 2 ** (attempt - 1));
  return full / 2 + (runtime.random() * full) / 2;
}

function pause(
  waitMs: number,
  signal: AbortSignal,
  runtime: Runtime,
  canWake: (wake: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = runtime.schedule(done, waitMs);
    signal.addEventListener("abort", done, { once: true });
    canWake(done);
  });
}
