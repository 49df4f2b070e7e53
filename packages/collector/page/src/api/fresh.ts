import { type ReadonlySignal, signal } from "@preact/signals";
import { getJson, Refusal } from "./client.ts";
import { onNews } from "./live.ts";

/** Why there is nothing, or nothing newer. */
export type Problem =
  | { readonly kind: "unreachable" }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

/** Something of the collector's that is kept up to date. */
export interface Fresh<T> {
  /** The newest that is known; `undefined` until the first answer. */
  readonly value: ReadonlySignal<T | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Asks now. */
  refresh(): void;
  stop(): void;
}

/** The pause after an answer: several times what it took, so that large traces do not keep the machine busy. */
const MIN_PAUSE_MS = 250;
const PAUSE_FACTOR = 4;

/**
 * Reads an address now, and again when news concern it. One question at a time. An address that speaks of the time is
 * given as a function.
 */
export function keepFresh<T>(
  address: string | (() => string),
  concerns: (traceIds: ReadonlySet<string>) => boolean,
): Fresh<T> {
  const value = signal<T | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  const aborter = new AbortController();
  const state: { version?: string | undefined; busy: boolean; stale: boolean } = { busy: false, stale: false };

  const ask = async (): Promise<void> => {
    try {
      const asked = typeof address === "string" ? address : address();
      const answer = await getJson<T>(asked, { version: state.version, signal: aborter.signal });
      problem.value = undefined;
      if (answer === undefined) return;
      state.version = answer.version;
      value.value = answer.body;
    } catch (error) {
      if (!aborter.signal.aborted) problem.value = toProblem(error);
    }
  };
  const refresh = (): void => {
    if (aborter.signal.aborted) return;
    state.stale = state.busy;
    if (state.busy) return;
    state.busy = true;
    const started = performance.now();
    const rest = (): void => {
      state.busy = false;
      if (state.stale) refresh();
    };
    void ask().finally(() => {
      setTimeout(rest, Math.max(MIN_PAUSE_MS, PAUSE_FACTOR * (performance.now() - started)));
    });
  };
  const forget = onNews((traceIds) => {
    if (traceIds === undefined || concerns(traceIds)) refresh();
  });
  refresh();
  const stop = (): void => {
    forget();
    aborter.abort();
  };
  return { value, problem, refresh, stop };
}

/** What an error of a question means for the reader. Errors of the page itself are not caught. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Refusal) {
    return { kind: error.status === 404 ? "missing" : "refused", message: error.message };
  }
  if (error instanceof TypeError) return { kind: "unreachable" };
  throw error;
}
