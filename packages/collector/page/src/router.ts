import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fromPathPart, toPathPart } from "../../src/view/path-part.ts";

/** What the page shows. */
export type Place =
  | { readonly name: "list" }
  | { readonly name: "trace"; readonly traceId: string }
  | { readonly name: "session"; readonly sessionId: string };

const current = signal(here());

/** Where the reader is. */
export const place: ReadonlySignal<Place> = computed(() => toPlace(current.value.pathname));

/** What stands behind the `?`: all state that a link should carry. */
export const params: ReadonlySignal<URLSearchParams> = computed(() => new URLSearchParams(current.value.search));

/** The list as it was asked last: where one comes back to. */
export const listAddress: ReadonlySignal<string> = computed(() => lastList.value);

const lastList = signal("/");

/** The trace that was shown last: the list puts the reader there again. */
export const lastTrace: { id: string | undefined } = { id: undefined };

/** Follows back, forward, and plain clicks on links of the page. */
export function startRouter(): void {
  effect(() => {
    if (place.value.name === "list") lastList.value = current.value.pathname + current.value.search;
    if (place.value.name === "trace") lastTrace.id = place.value.traceId;
  });
  addEventListener("popstate", () => {
    clearTimeout(writes.late);
    current.value = here();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || !isPlain(event) || link.target !== "" || link.origin !== location.origin) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}

/** Goes to an address of the page. */
export function navigate(address: string): void {
  writeNow();
  history.pushState(undefined, "", address);
  current.value = here();
  scrollTo(0, 0);
}

/** Changes members of the query; `undefined` and the empty text remove one. Leaves no step in the history unless told. */
export function setParams(changes: Readonly<Record<string, string | undefined>>, isStep = false): void {
  const { pathname, search } = current.value;
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  const query = next.toString();
  const nextSearch = query === "" ? "" : `?${query}`;
  if (nextSearch === search) return;
  if (isStep) {
    writeNow();
    history.pushState(undefined, "", pathname + nextSearch);
  }
  current.value = { pathname, search: nextSearch };
  if (!isStep) write();
}

/** Browsers refuse to have their address changed more than 100 or 200 times in ten seconds: a wheel turns faster. */
const MAX_WRITES = 50;
const WRITES_PERIOD_MS = 10_000;
const LATE_MS = 300;
const writes: { times: number[]; late: ReturnType<typeof setTimeout> | undefined } = { times: [], late: undefined };

function write(): void {
  const now = performance.now();
  writes.times = writes.times.filter((time) => now - time < WRITES_PERIOD_MS);
  clearTimeout(writes.late);
  if (writes.times.length < MAX_WRITES) writeNow();
  else writes.late = setTimeout(writeNow, LATE_MS);
}

/** Brings what the browser shows up to the state of the page. */
function writeNow(): void {
  clearTimeout(writes.late);
  const address = current.value.pathname + current.value.search;
  if (address === location.pathname + location.search) return;
  writes.times.push(performance.now());
  history.replaceState(undefined, "", address);
}

/** Address of a trace, and of a span in it. */
export function traceAddress(traceId: string, spanId?: string): string {
  const address = `/traces/${toPathPart(traceId)}`;
  return spanId === undefined ? address : `${address}?${new URLSearchParams({ span: spanId }).toString()}`;
}

/** Address of a session. */
export function sessionAddress(sessionId: string): string {
  return `/sessions/${toPathPart(sessionId)}`;
}

function here(): { pathname: string; search: string } {
  return { pathname: location.pathname, search: location.search };
}

function toPlace(pathname: string): Place {
  const { kind = "", id = "" } = /^\/(?<kind>traces|sessions)\/(?<id>.+)$/.exec(pathname)?.groups ?? {};
  if (kind === "traces") return { name: "trace", traceId: decode(id) };
  if (kind === "sessions") return { name: "session", sessionId: decode(id) };
  return { name: "list" };
}

/** Part of an address; as it is where it means nothing. */
function decode(part: string): string {
  try {
    return fromPathPart(decodeURIComponent(part));
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}

function isPlain(event: MouseEvent): boolean {
  const isModified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !isModified && !event.defaultPrevented;
}
