import { listAddress, navigate, params, setParams } from "../router.ts";
import type { Keys } from "../ui/keys.ts";
import {
  select,
  selectNext,
  selectNextProblem,
  setOpen,
  setWindow,
  showLarge,
  type TraceState,
} from "./trace-state.ts";
import { pan, zoom } from "./window.ts";

const ZOOM = 0.6;
const PAN = 0.25;

/** The keys of the trace view. */
export function traceKeys(state: TraceState, searchInput: () => HTMLInputElement | null): Keys {
  const zoomBy = (factor: number) => (): void => {
    const { fromMs, toMs } = state.window.value;
    setWindow(zoom(state.window.value, factor, (fromMs + toMs) / 2, state.wholeMs.value));
  };
  const panBy = (share: number) => (): void => setWindow(pan(state.window.value, share, state.wholeMs.value));
  const down = (): void => step(state, 1);
  const up = (): void => step(state, -1);
  return {
    "/": () => searchInput()?.focus(),
    j: down,
    k: up,
    ArrowDown: down,
    ArrowUp: up,
    ArrowRight: () => openOrEnter(state),
    ArrowLeft: () => closeOrLeave(state),
    Home: () => select(state, state.shown.value[0]?.row),
    End: () => select(state, state.shown.value.at(-1)?.row),
    e: () => selectNextProblem(state, 1),
    E: () => selectNextProblem(state, -1),
    n: () => selectNext(state, (row) => state.found.value.has(row.spanId), 1),
    N: () => selectNext(state, (row) => state.found.value.has(row.spanId), -1),
    "+": zoomBy(ZOOM),
    "=": zoomBy(ZOOM),
    "-": zoomBy(1 / ZOOM),
    "0": () => setWindow(undefined),
    z: () => {
      const row = state.selected.value;
      return row === undefined ? false : showLarge(state, row);
    },
    a: panBy(-PAN),
    d: panBy(PAN),
    c: togglePath,
    x: () => toggleAll(state),
    Escape: () => leave(state, searchInput()),
  };
}

/** Shows or hides the critical path. */
export function togglePath(): void {
  setParams({ path: params.value.has("path") ? undefined : "1" });
}

/** Closes all that is open below the roots; opens all where nothing is. */
export function toggleAll(state: TraceState): void {
  const parents = state.rows.value.filter((row) => row.end > row.index + 1);
  const anyOpen = state.shown.value.some(({ row, isOpen }) => isOpen && row.depth > 0 && row.end > row.index + 1);
  const meant = anyOpen ? parents.filter((row) => row.depth > 0) : parents;
  setOpen(
    state,
    meant.map((row) => row.index),
    !anyOpen,
  );
}

function step(state: TraceState, by: 1 | -1): void {
  const { shown, selected } = state;
  const at = shown.value.findIndex(({ row }) => row.index === selected.value?.index);
  const last = shown.value.length - 1;
  const next = at === -1 ? (by === 1 ? 0 : last) : Math.min(last, Math.max(0, at + by));
  select(state, shown.value[next]?.row);
}

function openOrEnter(state: TraceState): boolean {
  const shown = state.shown.value.find(({ row }) => row.index === state.selected.value?.index);
  if (shown === undefined || shown.row.end === shown.row.index + 1) return false;
  if (shown.isOpen) step(state, 1);
  else setOpen(state, [shown.row.index], true);
  return true;
}

function closeOrLeave(state: TraceState): boolean {
  const shown = state.shown.value.find(({ row }) => row.index === state.selected.value?.index);
  if (shown === undefined) return false;
  if (shown.isOpen && shown.row.end > shown.row.index + 1) setOpen(state, [shown.row.index], false);
  else if (shown.row.parent >= 0) select(state, state.rows.value[shown.row.parent]);
  return true;
}

/** The innermost thing that is open: the search, the span, the zoom, the filters; then the trace itself. */
function leave(state: TraceState, input: HTMLInputElement | null): boolean {
  if (input !== null && document.activeElement === input) input.blur();
  else if (params.value.has("span")) select(state, undefined);
  else if (params.value.has("t")) setWindow(undefined);
  else if (["q", "type", "problems"].some((name) => params.value.has(name))) {
    setParams({ q: undefined, type: undefined, problems: undefined });
  } else navigate(listAddress.value);
  return true;
}
