import type { Store, TraceSummary } from "./store/store.ts";

/** What is told to those who watch. */
export type LiveEvent =
  /** These traces are new, or have changed. */
  | { readonly type: "traces"; readonly traces: readonly TraceSummary[] }
  /** More has changed than can be told one by one: look anew. */
  | { readonly type: "reload" };

/** Takes an event. While it has not resolved, what happens is told as one `reload` afterwards. */
export type LiveListener = (event: LiveEvent) => Promise<void>;

/** Somebody's place among those who watch. */
export interface Watching {
  /** Resolves, always, when whatever arrives from then on is told. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** Tells what arrives in a store, spans and feedback. */
export interface LiveFeed {
  /** `undefined` where too many watch already. `onEnd` is called when the feed itself ends. */
  watch(listener: LiveListener, onEnd?: () => void): Watching | undefined;
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

interface State {
  /** The first step, since somebody watches. */
  begun?: Promise<void>;
  /** Up to where everything was told. */
  seen?: { readonly position: string; readonly versions: ReadonlySet<string> };
  timer?: NodeJS.Timeout;
  /** A step has failed. */
  hasMissed: boolean;
}

/**
 * Asks the store twice a second what has arrived and what was said, as long as somebody watches: so it also tells what other
 * collectors on the same store took. `onFailure` is told of what the store fails at.
 */
export function createLiveFeed(store: Store, onFailure: (error: unknown) => void): LiveFeed {
  const watchers = new Set<Watcher>();
  const state: State = { hasMissed: false };
  /** What was not told, as the store failed, comes with the next step. */
  const step = async (): Promise<void> => {
    const { seen, hasMissed } = state;
    const latest = await store.latestFeedback(MAX_FEEDBACK);
    const versions = new Set(latest.map((one) => one.version));
    if (seen === undefined) {
      state.seen = { position: (await store.arrivals(undefined, 0)).position, versions };
      state.hasMissed = false;
      return hasMissed ? tellAll(watchers, { type: "reload" }) : undefined;
    }
    const arrived = await store.arrivedTraces(seen.position, MAX_SPANS);
    const said = latest.filter((one) => !seen.versions.has(one.version));
    const traceIds = [...new Set([...arrived.traceIds, ...said.map((one) => one.traceId)])];
    if (arrived.spans === MAX_SPANS || said.length === MAX_FEEDBACK || traceIds.length > MAX_TRACES) {
      state.seen = { position: (await store.arrivals(undefined, 0)).position, versions };
      return tellAll(watchers, { type: "reload" });
    }
    const summaries = await Promise.all(traceIds.map((traceId) => store.getSummary(traceId)));
    state.seen = { position: arrived.position, versions };
    if (traceIds.length === 0) return;
    return tellAll(watchers, { type: "traces", traces: summaries.filter((one) => one !== undefined) });
  };
  const run = async (): Promise<void> => {
    try {
      await step();
    } catch (error) {
      state.hasMissed = true;
      onFailure(error);
    }
    if (watchers.size > 0) state.timer = setTimeout(() => void run(), PERIOD_MS);
    else stop();
  };
  const stop = (): void => {
    clearTimeout(state.timer);
    for (const key of ["timer", "seen", "begun"] as const) delete state[key];
    state.hasMissed = false;
  };
  return {
    watch: (listener, onEnd) => {
      if (watchers.size >= MAX_WATCHERS) return undefined;
      const watcher: Watcher = { listener, onEnd, isBusy: false, hasMissed: false };
      watchers.add(watcher);
      state.begun ??= run();
      return { ready: state.begun, stop: () => void watchers.delete(watcher) };
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
