import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { toPathPart } from "../../../src/view/path-part.ts";
import { getJson } from "../api/client.ts";
import { type Fresh, keepFresh } from "../api/fresh.ts";
import type { OutlineAnswer } from "../api/types.ts";
import { params, setParams } from "../router.ts";
import { criticalPath, type Segment } from "./critical-path.ts";
import { ancestorsOf, isProblem, type Row, toRows } from "./rows.ts";
import { type Shown, toVisible } from "./visible.ts";
import { formatWindow, parseWindow, type TimeWindow, zoom } from "./window.ts";

/** All that the view of one trace knows. What a link should carry stands in the address and is read from there. */
export interface TraceState {
  readonly traceId: string;
  readonly fresh: Fresh<OutlineAnswer>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly shown: ReadonlySignal<readonly Shown[]>;
  readonly startMs: ReadonlySignal<number>;
  readonly wholeMs: ReadonlySignal<number>;
  /** What is seen of the trace's time. */
  readonly window: ReadonlySignal<TimeWindow>;
  readonly selected: ReadonlySignal<Row | undefined>;
  /** Rows that the search found, by span id. */
  readonly found: ReadonlySignal<ReadonlySet<string>>;
  /** Critical path by row, where the reader wants to see it. */
  readonly path: ReadonlySignal<ReadonlyMap<number, readonly Segment[]>>;
  readonly opened: Signal<ReadonlyMap<string, boolean>>;
  /** The index among the shown rows that should come into sight. */
  readonly wanted: Signal<number | undefined>;
  stop(): void;
}

const NONE: ReadonlyMap<number, readonly Segment[]> = new Map();

/** Starts to follow a trace. */
export function createTraceState(traceId: string): TraceState {
  const fresh = keepFresh<OutlineAnswer>(`/api/traces/${toPathPart(traceId)}/outline`, (ids) => ids.has(traceId));
  const opened = signal<ReadonlyMap<string, boolean>>(new Map());
  const rows = computed(() => toRows(fresh.value.value?.rows ?? []));
  const startMs = computed(() => fresh.value.value?.trace.startTimeMs ?? 0);
  const wholeMs = computed(() => fresh.value.value?.trace.durationMs ?? 0);
  const shown = computed(() =>
    toVisible(rows.value, {
      opened: opened.value,
      types: new Set((params.value.get("type") ?? "").split(",").filter((type) => type !== "")),
      onlyProblems: params.value.has("problems"),
    }),
  );
  const ids = computed(() => new Map(rows.value.map((row) => [row.spanId, row])));
  const selected = computed(() => ids.value.get(params.value.get("span") ?? ""));
  const whole = computed<TimeWindow>(() => ({ fromMs: 0, toMs: wholeMs.value }));
  const window = computed(() => parseWindow(params.value.get("t"), wholeMs.value) ?? whole.value);
  const path = computed(() => (params.value.has("path") ? criticalPath(rows.value) : NONE));
  const search = createSearch(traceId, rows);
  const wanted = signal<number | undefined>(undefined);
  const stop = (): void => {
    fresh.stop();
    search.stop();
  };
  return {
    traceId,
    fresh,
    rows,
    shown,
    startMs,
    wholeMs,
    window,
    selected,
    found: search.found,
    path,
    opened,
    wanted,
    stop,
  };
}

const SEARCH_PAUSE_MS = 200;

/** Names, models and errors are searched at once; what spans hold, by the collector. */
function createSearch(traceId: string, rows: ReadonlySignal<readonly Row[]>) {
  const text = computed(() => (params.value.get("q") ?? "").trim().toLowerCase());
  const inContent = signal<ReadonlySet<string>>(new Set());
  const stop = effect(() => {
    const words = text.value;
    const count = rows.value.length;
    inContent.value = new Set();
    if (words === "" || count === 0) return undefined;
    const aborter = new AbortController();
    const timer = setTimeout(() => void ask(words, aborter.signal), SEARCH_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  });
  const ask = async (words: string, aborted: AbortSignal): Promise<void> => {
    const query = new URLSearchParams({ text: words }).toString();
    const address = `/api/traces/${toPathPart(traceId)}/matches?${query}`;
    try {
      const answer = await getJson<{ spanIds: readonly string[] }>(address, { signal: aborted });
      if (answer !== undefined && !aborted.aborted) inContent.value = new Set(answer.body.spanIds);
    } catch (error) {
      // Names are found all the same; that the collector does not answer is told by the outline's question.
      if (!(error instanceof Error)) throw error;
    }
  };
  const found = computed<ReadonlySet<string>>(() => {
    const words = text.value;
    if (words === "") return new Set();
    const inRows = rows.value.filter((row) => textOf(row).includes(words)).map((row) => row.spanId);
    return new Set([...inRows, ...inContent.value]);
  });
  return { found, stop };
}

function textOf({ name, type, model = "", problem = "" }: Row): string {
  return `${name}\n${type}\n${model}\n${problem}`.toLowerCase();
}

/** Picks a span, opens the way to it, and brings it into sight. Without one, none is picked. */
export function select(state: TraceState, row: Row | undefined): void {
  setParams({ span: row?.spanId });
  if (row !== undefined) reveal(state, row);
}

/** Opens the way to a span, and brings it into sight. */
export function reveal(state: TraceState, row: Row): void {
  const above = ancestorsOf(state.rows.value, row.index);
  const closed = above.filter((index) => !isShownOpen(state, index));
  if (closed.length > 0) setOpen(state, closed, true);
  state.wanted.value = state.shown.value.findIndex((one) => one.row.spanId === row.spanId);
}

/** Opens or closes rows. */
export function setOpen(state: TraceState, indexes: readonly number[], isOpen: boolean): void {
  const next = new Map(state.opened.value);
  for (const index of indexes) {
    const row = state.rows.value[index];
    if (row !== undefined) next.set(row.spanId, isOpen);
  }
  state.opened.value = next;
}

/** Shows a part of the trace's time; all of it where it is `undefined`. */
export function setWindow(window: TimeWindow | undefined): void {
  setParams({ t: window === undefined ? undefined : formatWindow(window) });
}

/** True where all of the trace's time is shown. */
export function isWhole({ window, wholeMs }: TraceState): boolean {
  return window.value.fromMs === 0 && window.value.toMs === wholeMs.value;
}

/** Brings the first span that starts in the window into sight. */
export function showFirstIn(state: TraceState): void {
  const fromMs = state.startMs.value + state.window.value.fromMs;
  const first = state.shown.value.findIndex(({ row }) => row.startTimeMs >= fromMs);
  if (first >= 0) state.wanted.value = first;
}

/** Shows the time of a span, and a little around it. */
export function showLarge(state: TraceState, row: Row): void {
  const fromMs = row.startTimeMs - state.startMs.value;
  const toMs = fromMs + row.durationMs;
  setWindow(zoom({ fromMs, toMs }, 1.1, (fromMs + toMs) / 2, state.wholeMs.value));
}

/** Picks the next or previous row of a kind, from the one that is picked; around the end again. */
export function selectNext(state: TraceState, isMeant: (row: Row) => boolean, by: 1 | -1): void {
  const meant = state.rows.value.filter(isMeant);
  const at = state.selected.value?.index ?? (by === 1 ? -1 : state.rows.value.length);
  const next = by === 1 ? meant.find((row) => row.index > at) : meant.findLast((row) => row.index < at);
  select(state, next ?? (by === 1 ? meant[0] : meant.at(-1)));
}

/** The next or previous problem. */
export function selectNextProblem(state: TraceState, by: 1 | -1): void {
  selectNext(state, isProblem, by);
}

function isShownOpen(state: TraceState, index: number): boolean {
  const spanId = state.rows.value[index]?.spanId;
  return state.shown.value.find((one) => one.row.spanId === spanId)?.isOpen === true;
}
