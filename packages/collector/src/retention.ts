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

/** Keeps a store within its bounds: looks each minute, and works in small steps. The returned function ends it. */
export function startRetention(options: RetentionOptions): () => Promise<void> {
  const { keepDays, maxBytes } = options;
  if (keepDays === undefined && maxBytes === undefined) return async () => undefined;
  const state: { isStopped: boolean; timer?: NodeJS.Timeout; running?: Promise<void> } = { isStopped: false };
  const run = async (): Promise<void> => {
    try {
      for (let hasMore = true; hasMore && !state.isStopped; ) {
        const startedMs = performance.now();
        hasMore = (await options.store.prune(boundsOf(options))).more;
        if (hasMore) await pause(performance.now() - startedMs);
      }
    } catch (error) {
      options.onFailure(error);
    }
    if (!state.isStopped) schedule(PERIOD_MS);
  };
  const schedule = (ms: number): void => {
    state.timer = setTimeout(() => {
      state.running = run();
    }, ms).unref();
  };
  schedule(0);
  return async () => {
    state.isStopped = true;
    clearTimeout(state.timer);
    await state.running;
  };
}

function boundsOf({ keepDays, maxBytes, now }: RetentionOptions): Retention {
  return { beforeMs: keepDays === undefined ? undefined : now() - keepDays * DAY_MS, maxBytes };
}

function pause(stepMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, stepMs)));
  });
}
