import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatDuration } from "../ui/format.ts";
import { useSize } from "../ui/use-size.ts";
import { kindOf } from "./kinds.ts";
import { isProblem, type Row } from "./rows.ts";
import { setWindow, showFirstIn, type TraceState } from "./trace-state.ts";
import { zoom } from "./window.ts";

const HEIGHT = 44;
const LEAST_DRAG = 4;

/** All of the trace, small: what is seen of its time, which can be dragged anew. */
export function Minimap({ state }: { state: TraceState }): JSX.Element {
  const { ref, width } = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useSignal<{ from: number; to: number } | undefined>(undefined);
  const rows = state.rows.value;
  useEffect(() => {
    const redraw = (): void => {
      if (canvas.current !== null && width.value > 0) draw(canvas.current, width.value, state);
    };
    redraw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      dark.removeEventListener("change", redraw);
      theme.disconnect();
    };
  }, [rows, width.value, state.wholeMs.value]);

  const shareAt = (event: PointerEvent): number => {
    const box = ref.current?.getBoundingClientRect();
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const end = (): void => {
    const dragged = drag.value;
    drag.value = undefined;
    if (dragged === undefined) return;
    const [from, to] = [Math.min(dragged.from, dragged.to), Math.max(dragged.from, dragged.to)];
    const whole = state.wholeMs.value;
    if ((to - from) * width.value < LEAST_DRAG) return setWindow(undefined);
    setWindow(zoom({ fromMs: from * whole, toMs: to * whole }, 1, 0, whole));
    showFirstIn(state);
  };
  const shown = drag.value ?? shareOf(state);
  const left = Math.min(shown.from, shown.to);
  return (
    <div
      ref={ref}
      class="minimap"
      role="img"
      aria-label={`The whole trace, ${formatDuration(state.wholeMs.value)}`}
      title="Drag over a part of the time to see it larger; click to see all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.value = { from: shareAt(event), to: shareAt(event) };
      }}
      onPointerMove={(event) => {
        if (drag.value !== undefined) drag.value = { ...drag.value, to: shareAt(event) };
      }}
      onPointerUp={end}
      onPointerCancel={() => (drag.value = undefined)}
    >
      <canvas ref={canvas} style={{ height: `${HEIGHT}px` }} />
      <i class="minimap-aside" style={{ left: 0, width: `${100 * left}%` }} />
      <i class="minimap-aside" style={{ left: `${100 * Math.max(shown.from, shown.to)}%`, right: 0 }} />
    </div>
  );
}

function shareOf({ window, wholeMs }: TraceState): { from: number; to: number } {
  const whole = wholeMs.value;
  if (whole === 0) return { from: 0, to: 1 };
  return { from: window.value.fromMs / whole, to: window.value.toMs / whole };
}

/** One line a span, in the order of the tree; problems last, so that none is painted over. */
function draw(canvas: HTMLCanvasElement, width: number, state: TraceState): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  const paint = canvas.getContext("2d");
  if (paint === null) return;
  paint.scale(ratio, ratio);
  const rows = state.rows.value;
  const style = getComputedStyle(canvas);
  const line = Math.min(4, (HEIGHT - 4) / rows.length);
  const drawRow = (row: Row, color: string, least: number, leastHeight = 0.6): void => {
    const left = ((row.startTimeMs - state.startMs.value) / (state.wholeMs.value || 1)) * width;
    const length = Math.max(least, (row.durationMs / (state.wholeMs.value || 1)) * width);
    paint.fillStyle = color;
    paint.fillRect(left, 2 + row.index * line, length, Math.max(leastHeight, line * 0.8));
  };
  for (const row of rows) drawRow(row, style.getPropertyValue(`--kind-${kindOf(row.type)}`), 1);
  for (const row of rows) {
    if (isProblem(row)) drawRow(row, style.getPropertyValue(row.status === "error" ? "--bad-strong" : "--warn"), 3, 3);
  }
}
