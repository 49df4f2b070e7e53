import { systemRuntime, type Timer } from "../runtime.ts";
import type { RequestObserver, RequestWatch, SeenRequest } from "./seen-request.ts";

interface DiagnosticsChannel {
  subscribe(name: string, listener: (message: unknown) => void): void;
  unsubscribe(name: string, listener: (message: unknown) => void): void;
}

/** What undici publishes with its events. Headers are a flat list, or text in undici 5. */
interface UndiciRequest {
  readonly origin?: string | URL | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: string | readonly (string | readonly string[])[];
  readonly contentLength?: number | null;
  addHeader(name: string, value: string): unknown;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number; readonly headers: readonly Uint8Array[] };
  readonly error?: unknown;
}

const LISTENERS: Readonly<Record<string, (message: UndiciMessage) => void>> = {
  "undici:request:create": onCreate,
  "undici:request:headers": onHeaders,
  "undici:request:error": onError,
};

/** How long the channels stay subscribed when nobody looks: subscribing for each trace anew would cost more. */
const LINGER_MS = 1_000;

const observers = new Set<RequestObserver>();
const watches = new WeakMap<object, readonly RequestWatch[]>();
let unsubscribe: (() => void) | undefined;
let lingering: Timer | undefined;

/** Lets an observer see every request of `fetch` and undici in this process. No client is touched; Node only. */
export function observeUndici(observer: RequestObserver): void {
  observers.add(observer);
  unsubscribe ??= subscribe();
}

/** Ends that. The channels are left soon after the last observer has gone, or at once. */
export function leaveUndici(observer: RequestObserver, atOnce: boolean): void {
  observers.delete(observer);
  if (observers.size > 0 || unsubscribe === undefined) return;
  if (atOnce) leave();
  else lingering ??= systemRuntime.schedule(leave, LINGER_MS);
}

function leave(): void {
  lingering?.cancel();
  lingering = undefined;
  if (observers.size > 0) return;
  unsubscribe?.();
  unsubscribe = undefined;
}

function subscribe(): (() => void) | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const channels = process?.getBuiltinModule?.("node:diagnostics_channel") as DiagnosticsChannel | undefined;
  if (channels === undefined) return undefined;
  const listeners = Object.entries(LISTENERS).map(([name, listener]) => ({ name, listener: guarded(listener) }));
  for (const { name, listener } of listeners) channels.subscribe(name, listener);
  return () => {
    for (const { name, listener } of listeners) channels.unsubscribe(name, listener);
  };
}

/** What a listener throws would end the program. */
function guarded(listener: (message: UndiciMessage) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(message as UndiciMessage);
    } catch {
      // An undici of another shape: its request goes on as it is, and is not seen.
    }
  };
}

function onCreate({ request }: UndiciMessage): void {
  if (request.method !== "POST" || request.origin === undefined) return;
  const seen: SeenRequest = {
    method: request.method,
    url: addressOf(request.origin, request.path),
    contentLength: request.contentLength ?? undefined,
    header: (name) => headerIn(request.headers, name),
    addHeader: (name, value) => request.addHeader(name, value),
  };
  const watching = [...observers].map((observer) => observer.starts(seen)).filter((watch) => watch !== undefined);
  if (watching.length > 0) watches.set(request, watching);
}

const MAX_REMEMBERED = 256;
const addresses = new Map<string, URL>();

/** Remembered: a program asks at few addresses, and parsing one costs as much as all else that is done here. */
function addressOf(origin: string | URL, path: string): URL {
  const key = `${String(origin)}${path}`;
  const known = addresses.get(key);
  if (known !== undefined) return known;
  const url = new URL(path, origin);
  if (addresses.size < MAX_REMEMBERED) addresses.set(key, url);
  return url;
}

function onHeaders({ request, response }: UndiciMessage): void {
  // An interim answer: the real one follows.
  if (response !== undefined && response.statusCode < 200) return;
  const header = (name: string): string | undefined => rawHeader(response?.headers ?? [], name);
  for (const watch of take(request)) watch.answered(response?.statusCode ?? 0, header);
}

function onError({ request, error }: UndiciMessage): void {
  for (const watch of take(request)) watch.failed(error);
}

function take(request: UndiciRequest): readonly RequestWatch[] {
  const watching = watches.get(request);
  if (watching === undefined) return [];
  watches.delete(request);
  return watching;
}

function headerIn(headers: UndiciRequest["headers"], name: string): string | undefined {
  if (typeof headers === "string") return new RegExp(`^${name}: ?(.*)$`, "im").exec(headers)?.[1];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at];
    if (key?.length === name.length && String(key).toLowerCase() === name) return String(headers[at + 1]);
  }
  return undefined;
}

function rawHeader(headers: readonly Uint8Array[], name: string): string | undefined {
  const decoder = new TextDecoder("latin1");
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at];
    if (key?.length === name.length && decoder.decode(key).toLowerCase() === name) {
      return decoder.decode(headers[at + 1]);
    }
  }
  return undefined;
}
