import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { params } from "../router.ts";
import { ticksBetween } from "../ui/format.ts";
import { Empty } from "../ui/messages.tsx";
import { useSize } from "../ui/use-size.ts";
import { RowView, rowId } from "./row-view.tsx";
import { Splitter, treeWidth } from "./splitter.tsx";
import { isWhole, setWindow, type TraceState } from "./trace-state.ts";
import { pan, zoom } from "./window.ts";

const ROW_HEIGHT = 28;
/** Rows above and below what is seen, so that a quick scroll finds them there. */
const SPARE = 6;
/** Pixels that the name of a moment needs. */
const TICK_ROOM = 80;
const WHEEL = 0.0015;

/** The tree beside the bars. Only the rows that are seen are in the document. */
export function Waterfall({ state }: { state: TraceState }): JSX.Element {
  const { ref, height } = useSize<HTMLDivElement>();
  const top = useSignal(0);
  const shown = state.shown.value;
  const first = Math.max(0, Math.floor(top.value / ROW_HEIGHT) - SPARE);
  const last = Math.min(shown.length, Math.ceil((top.value + height.value) / ROW_HEIGHT) + SPARE);
  // Elements are used again for the rows that come into sight.
  const slots = Math.ceil(height.value / ROW_HEIGHT) + 2 * SPARE + 2;
  useBringIntoSight(ref, state, height.value);
  const selected = state.selected.value;
  const found = state.found.value;
  const isSearching = (params.value.get("q") ?? "").trim() !== "";
  return (
    <div class={isWhole(state) ? "waterfall is-whole" : "waterfall"} style={{ "--tree-width": `${treeWidth.value}px` }}>
      <Axis state={state} />
      <Splitter />
      <div
        ref={ref}
        class="rows"
        role="tree"
        aria-label="Spans"
        tabIndex={0}
        {...(selected === undefined ? {} : { "aria-activedescendant": rowId(selected.spanId) })}
        onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
        onWheel={(event) => turnWheel(event, state)}
      >
        {shown.length === 0 && (
          <Empty title="No span is like that">
            <p>Esc shows all of them again.</p>
          </Empty>
        )}
        <div class="rows-whole" role="presentation" style={{ height: `${shown.length * ROW_HEIGHT}px` }}>
          {shown.slice(first, last).map((one, index) => (
            <RowView
              key={(first + index) % slots}
              state={state}
              shown={one}
              top={(first + index) * ROW_HEIGHT}
              isSelected={one.row.index === selected?.index}
              isFound={isSearching && found.has(one.row.spanId)}
              isFaint={isSearching && !found.has(one.row.spanId)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Axis({ state }: { state: TraceState }): JSX.Element {
  const { ref, width } = useSize<HTMLDivElement>();
  const { fromMs, toMs } = state.window.value;
  const most = Math.max(2, Math.min(8, width.value / TICK_ROOM));
  return (
    <div class="axis" aria-hidden="true">
      <div class="axis-tree">Span</div>
      <div ref={ref} class="axis-time">
        {ticksBetween(fromMs, toMs, most).map(({ share, label }) => (
          <span
            key={label}
            class={share > 1 - TICK_ROOM / 2 / Math.max(width.value, TICK_ROOM) ? "tick is-last" : "tick"}
            style={{ left: `${100 * share}%` }}
          >
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

function useBringIntoSight(ref: preact.RefObject<HTMLDivElement>, state: TraceState, height: number): void {
  const wanted = state.wanted.value;
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null || wanted === undefined || wanted < 0 || height === 0) return;
    const top = wanted * ROW_HEIGHT;
    const isSeen = top >= element.scrollTop && top + ROW_HEIGHT <= element.scrollTop + height;
    const isNear = Math.abs(top - element.scrollTop) < 2 * height;
    if (!isSeen) {
      const nearest = top < element.scrollTop ? top : top + ROW_HEIGHT - height;
      element.scrollTop = isNear ? nearest : top - height / 2;
    }
    state.wanted.value = undefined;
  }, [wanted, height]);
}

/** With Ctrl the wheel zooms around the pointer, with Shift it moves in time. */
function turnWheel(event: JSX.TargetedWheelEvent<HTMLElement>, state: TraceState): void {
  const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
  const box = event.currentTarget.querySelector(".row-bars")?.getBoundingClientRect();
  if (box === undefined || box.width === 0) return;
  const { fromMs, toMs } = state.window.value;
  if (event.ctrlKey) {
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    setWindow(zoom({ fromMs, toMs }, Math.exp(delta * WHEEL), fromMs + share * (toMs - fromMs), state.wholeMs.value));
    event.preventDefault();
  } else if (event.shiftKey) {
    setWindow(pan({ fromMs, toMs }, delta / box.width, state.wholeMs.value));
    event.preventDefault();
  }
}
