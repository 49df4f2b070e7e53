import type { JSX } from "preact";
import { formatDuration } from "../ui/format.ts";
import type { Row } from "./rows.ts";
import { isWhole, type TraceState } from "./trace-state.ts";

/** Room that a duration needs beside its bar, as a share of the axis. */
const LABEL_ROOM = 0.14;

/** The bar of a span on the time axis, with what is known inside it: first token, marks, critical path. */
export function Bars({ state, row }: { state: TraceState; row: Row }): JSX.Element {
  const { fromMs, toMs } = state.window.value;
  const length = Math.max(toMs - fromMs, 1e-9);
  const shareOf = (timeMs: number): number => (timeMs - state.startMs.value - fromMs) / length;
  const from = shareOf(row.startTimeMs);
  const to = shareOf(row.startTimeMs + row.durationMs);
  const path = state.path.value.get(row.index) ?? [];
  const firstToken = row.timeToFirstTokenMs;
  const marks = row.marks?.filter(({ timeMs }) => shareOf(timeMs) >= 0 && shareOf(timeMs) <= 1) ?? [];
  return (
    <div class="row-bars">
      {row.inferred === true ? (
        <i class="bar-inferred" style={{ left: percent(from) }} />
      ) : (
        <i class="bar-of" style={{ left: percent(from), width: percent(to - from) }} />
      )}
      {firstToken !== undefined && (
        <i
          class="waiting"
          title={`First token after ${formatDuration(firstToken)}`}
          style={{ left: percent(from), width: percent(firstToken / length) }}
        />
      )}
      {marks.map((mark, index) => (
        <i
          key={index}
          class="mark"
          title={`${mark.name.slice(0, 200)} at +${formatDuration(Math.max(0, mark.timeMs - row.startTimeMs))}`}
          style={{ left: percent(shareOf(mark.timeMs)) }}
        />
      ))}
      {path.map((segment) => (
        <i
          key={segment.fromMs}
          class="critical"
          style={{ left: percent(shareOf(segment.fromMs)), width: percent((segment.toMs - segment.fromMs) / length) }}
        />
      ))}
      {row.inferred !== true && <Label row={row} from={from} to={to} isWhole={isWhole(state)} />}
    </div>
  );
}

/**
 * The duration: behind the bar, where all of the time is shown. In a part of it behind the bar, before it, or in it, where
 * there is room; outside of what is seen, on which side it lies.
 */
function Label(props: { row: Row; from: number; to: number; isWhole: boolean }): JSX.Element {
  const { row, from, to } = props;
  const text = formatDuration(row.durationMs);
  if (to < 0) return <span class="took">‹ {text}</span>;
  if (from > 1) {
    return (
      <span class="took" style={{ right: 0 }}>
        {text} ›
      </span>
    );
  }
  if (props.isWhole || to <= 1 - LABEL_ROOM) {
    return (
      <span class="took" style={{ left: percent(Math.max(0, to)) }}>
        {text}
      </span>
    );
  }
  if (from >= LABEL_ROOM) {
    return (
      <span class="took is-before" style={{ right: percent(1 - from) }}>
        {text}
      </span>
    );
  }
  return (
    <span class="took is-inside" style={{ right: percent(Math.max(0, 1 - to)) }}>
      {text}
    </span>
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(4)}%`;
}
