import { type ReadonlySignal, signal } from "@preact/signals";

/** `live`: told of what arrives. `asking`: no stream, so the page asks by itself. */
export type Connection = "live" | "asking";

const POLL_MS = 2_000;
const state = signal<Connection>("asking");
const listeners = new Set<(traceIds: ReadonlySet<string> | undefined) => void>();

/** How news come. */
export const connection: ReadonlySignal<Connection> = state;

/**
 * Calls the listener when traces are new or have changed, with their ids; without, when anything may have. Returns what
 * ends it.
 */
export function onNews(listener: (traceIds: ReadonlySet<string> | undefined) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens the stream of news, and asks every two seconds as long as there is none. */
export function startLive(): void {
  connect();
  setInterval(() => {
    if (state.value === "asking" && !document.hidden) tell(undefined);
  }, POLL_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tell(undefined);
  });
}

function connect(): void {
  const source = new EventSource("/api/live");
  source.addEventListener("open", () => {
    // What came before the stream did is not told by it.
    if (state.value === "asking") tell(undefined);
    state.value = "live";
  });
  source.addEventListener("error", () => {
    state.value = "asking";
    // The browser gives up on answers that are no stream; another collector may be there later.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 10 * POLL_MS);
  });
  source.addEventListener("traces", (event) => tell(idsIn(event)));
  source.addEventListener("reload", () => tell(undefined));
}

function idsIn({ data }: MessageEvent<string>): ReadonlySet<string> {
  const { traces } = JSON.parse(data) as { traces: readonly { traceId: string }[] };
  return new Set(traces.map((trace) => trace.traceId));
}

function tell(traceIds: ReadonlySet<string> | undefined): void {
  for (const listener of listeners) listener(traceIds);
}
