import { pause } from "./pause.ts";
import type { Retention, Store } from "./store/store.ts";

/** What {@link startRetention} takes. */
export interface RetentionOptions {
  readonly store: Store;
  /** Traces that started longer ago go. */
  readonly keepDays?: number | undefined;
  /** The oldest traces go while the store is larger. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Told of what the store fails at; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const DAY_MS = 86_400_000;
const PERIOD_MS = 60_000;

/** Between two steps, so that what waits to be stored comes first: as long as the step took, within these bounds. */
const MIN_PAUSE_MS = 2;
const MAX_PAUSE_MS = 100;

/**
 * Keeps a store within its bounds: looks each minute, and works in small steps. Where it has none, it does once what another
 * collector on the store had begun and did not come to the end of. The returned function ends it.
 */
export function startRetention(options: RetentionOptions): () => Promise<void> {
  const isBounded = options.keepDays !== undefined || options.maxBytes !== undefined;
  const end = new AbortController();
  const state: { timer?: NodeJS.Timeout; running?: Promise<void> } = {};
  const run = async (): Promise<void> => {
    const isDone = await work(options, end.signal);
    if (!end.signal.aborted && (isBounded || !isDone)) schedule(PERIOD_MS);
  };
  const schedule = (ms: number): void => {
    state.timer = setTimeout(() => {
      state.running = run();
    }, ms).unref();
  };
  schedule(0);
  return async () => {
    end.abort();
    clearTimeout(state.timer);
    await state.running;
  };
}

/** Takes steps until there is nothing to do. Answers whether it came to that. */
async function work(options: RetentionOptions, signal: AbortSignal): Promise<boolean> {
  try {
    while (!signal.aborted) {
      const startedMs = performance.now();
      const { more } = await options.store.prune(boundsOf(options));
      if (!more) return true;
      const tookMs = performance.now() - startedMs;
      await pause(Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, tookMs)), signal);
    }
  } catch (error) {
    options.onFailure(error);
  }
  return false;
}

function boundsOf({ keepDays, maxBytes, now }: RetentionOptions): Retention {
  return { beforeMs: keepDays === undefined ? undefined : now() - keepDays * DAY_MS, maxBytes };
}
