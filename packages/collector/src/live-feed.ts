import type { Store, TraceSummary } from "./store/store.ts";

/** What is told to those who watch. */
export type LiveEvent =
  /** These traces are new, or have changed. */
  | { readonly type: "traces"; readonly traces: readonly TraceSummary[] }
  /** More has changed than can be told one by one: look anew. */
  | { readonly type: "reload" };

/** Takes an event. While it has not resolved, what happens is told as one `reload` afterwards. */
export type LiveListener = (event: LiveEvent) => Promise<void>;

/** Tells what arrives in a store, spans and feedback. */
export interface LiveFeed {
  /** `undefined` where too many watch already; else stops the watching. `onEnd` is called when the feed itself ends. */
  watch(listener: LiveListener, onEnd?: () => void): (() => void) | undefined;
  readonly watchers: number;
  close(): void;
}

const PERIOD_MS = 500;
const MAX_WATCHERS = 100;

/** More spans and pieces of feedback in a period than this are not looked at, and more traces not told. */
const MAX_SPANS = 1_000;
const MAX_FEEDBACK = 100;
const MAX_TRACES = 100;

interface Watcher {
  readonly listener: LiveListener;
  readonly onEnd: (() => void) | undefined;
  isBusy: boolean;
  hasMissed: boolean;
}

/**
 * Asks the store twice a second what has arrived and what was said, as long as somebody watches: so it also tells what other
 * collectors on the same store took. `onFailure` is told of what the store fails at.
 */
export function createLiveFeed(store: Store, onFailure: (error: unknown) => void): LiveFeed {
  const watchers = new Set<Watcher>();
  const state: { position?: string; said?: ReadonlySet<string>; timer?: NodeJS.Timeout } = {};
  const step = async (): Promise<void> => {
    const { position: before, said: known } = state;
    const latest = await store.latestFeedback(MAX_FEEDBACK);
    state.said = new Set(latest.map((one) => one.version));
    if (before === undefined || known === undefined) {
      state.position = (await store.arrivals(undefined, 0)).position;
      return;
    }
    const arrived = await store.arrivedTraces(before, MAX_SPANS);
    state.position = arrived.position;
    const said = latest.filter((one) => !known.has(one.version));
    const traceIds = [...new Set([...arrived.traceIds, ...said.map((one) => one.traceId)])];
    if (traceIds.length === 0) return;
    if (arrived.spans === MAX_SPANS || said.length === MAX_FEEDBACK || traceIds.length > MAX_TRACES) {
      state.position = (await store.arrivals(undefined, 0)).position;
      return tellAll(watchers, { type: "reload" });
    }
    const summaries = await Promise.all(traceIds.map((traceId) => store.getSummary(traceId)));
    return tellAll(watchers, { type: "traces", traces: summaries.filter((one) => one !== undefined) });
  };
  const run = async (): Promise<void> => {
    try {
      await step();
    } catch (error) {
      onFailure(error);
    }
    if (watchers.size > 0) state.timer = setTimeout(() => void run(), PERIOD_MS);
    else stop();
  };
  const stop = (): void => {
    clearTimeout(state.timer);
    delete state.timer;
    delete state.position;
    delete state.said;
  };
  return {
    watch: (listener, onEnd) => {
      if (watchers.size >= MAX_WATCHERS) return undefined;
      const watcher: Watcher = { listener, onEnd, isBusy: false, hasMissed: false };
      watchers.add(watcher);
      if (watchers.size === 1 && state.timer === undefined) state.timer = setTimeout(() => void run(), 0);
      return () => watchers.delete(watcher);
    },
    get watchers() {
      return watchers.size;
    },
    close: () => {
      const ended = [...watchers];
      watchers.clear();
      stop();
      for (const { onEnd } of ended) onEnd?.();
    },
  };
}

function tellAll(watchers: ReadonlySet<Watcher>, event: LiveEvent): void {
  for (const watcher of watchers) void tell(watcher, event);
}

/** Never more than one event on its way to a watcher: a slow one costs no memory. */
async function tell(watcher: Watcher, event: LiveEvent): Promise<void> {
  if (watcher.isBusy) {
    watcher.hasMissed = true;
    return;
  }
  watcher.isBusy = true;
  try {
    await watcher.listener(event);
  } finally {
    watcher.isBusy = false;
  }
  if (!watcher.hasMissed) return;
  watcher.hasMissed = false;
  await tell(watcher, { type: "reload" });
}
