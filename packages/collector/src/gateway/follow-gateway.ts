import { ConfigError } from "../config-error.ts";
import type { Store } from "../store/store.ts";
import { openEventStream, type StreamEnd } from "./event-stream.ts";
import { readEntry } from "./gateway-log.ts";
import { RequestCounts } from "./request-counts.ts";
import { callOf, toAttempts } from "./to-attempts.ts";

export interface FollowOptions {
  /** Address of the gateway; what stands behind the port does not matter. */
  readonly gateway: URL;
  readonly store: Pick<Store, "insert">;
  /** Told when the gateway is lost, refuses or is followed again, and what could not be kept. */
  readonly say: (line: string) => void;
  /** Pause before the first attempt to connect anew; twice as long after each that fails, up to 30 s. */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** The gateway shows a sign of life every 10 s. */
const IDLE_MS = 35_000;
const MAX_EVENT_CHARACTERS = 16_000_000;

/** Entries that wait for the store. */
const MAX_WAITING = 1_000;

/**
 * Reads the address of a gateway on this machine.
 * @throws ConfigError for any other address
 */
export function readGatewayAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:") {
    throw new ConfigError("follow-gateway", "expected an address like http://127.0.0.1:8787");
  }
  // Names below localhost are looked up like any other.
  if (!/^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname)) {
    throw new ConfigError(
      "follow-gateway",
      `"${url.hostname}" is not this machine: a gateway's log has keys in it, and is read over loopback only`,
    );
  }
  return new URL(url.origin);
}

/**
 * Follows the log of a gateway until it is told to stop, and stores what the gateway tried for calls that it was told the
 * spans of. Connects again whenever the stream breaks; what happened meanwhile is not told again. Keeps no process alive.
 */
export function followGateway({
  gateway,
  store,
  say,
  firstPauseMs = FIRST_PAUSE_MS,
}: FollowOptions): () => Promise<void> {
  const url = new URL("/log/stream", gateway);
  const requests = new RequestCounts();
  const inserts = new Set<Promise<void>>();
  const state = { isStopped: false, pauseMs: firstPauseMs, said: "" };
  let close: (() => void) | undefined;

  const sayOnce = (line: string): void => {
    if (line !== state.said) say(line);
    state.said = line;
  };
  const take = (data: string): void => {
    const entry = readEntry(data);
    const call = entry === undefined ? undefined : callOf(entry);
    if (entry === undefined || call === undefined) return;
    const spans = toAttempts(entry, call, requests.next(call));
    if (spans.length === 0) return;
    if (inserts.size >= MAX_WAITING) return sayOnce("the store is too slow: some attempts of the gateway are left out");
    const insert = store.insert(spans).catch(() => sayOnce("attempts of the gateway could not be stored"));
    inserts.add(insert);
    void insert.then(() => inserts.delete(insert));
  };
  const schedule = (end: StreamEnd): void => {
    if (state.isStopped) return;
    sayOnce(describe(end, gateway));
    const timer = setTimeout(connect, state.pauseMs).unref();
    close = () => clearTimeout(timer);
    state.pauseMs = Math.min(state.pauseMs * 2, MAX_PAUSE_MS);
  };
  const connect = (): void => {
    const stream = openEventStream({
      url,
      maxCharacters: MAX_EVENT_CHARACTERS,
      idleMs: IDLE_MS,
      onOpen: () => {
        state.pauseMs = firstPauseMs;
        sayOnce(`follows the gateway at ${gateway.host}`);
      },
      onEvent: (name, data) => {
        if (name === "log") take(data);
      },
    });
    close = () => stream.close();
    void stream.ended.then(schedule);
  };
  connect();
  return async () => {
    state.isStopped = true;
    close?.();
    await Promise.all(inserts);
  };
}

function describe(end: StreamEnd, { host }: URL): string {
  if (end.code === "broken") return `the gateway at ${host} does not answer; it is tried again`;
  return `${host} has no log to follow (HTTP ${end.status}): a gateway has none with --headless or NODE_ENV=production`;
}
