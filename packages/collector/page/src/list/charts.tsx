import type { ComponentChildren, JSX } from "preact";
import type { ListedTrace, StatsAnswer, TotalsAnswer } from "../api/types.ts";
import { navigate, traceAddress } from "../router.ts";
import { toVisible } from "../ui/foreign-text.tsx";
import { formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { useSize } from "../ui/use-size.ts";

const HEIGHT = 64;
const EDGE = 5;
const HOUR_MS = 3_600_000;
const BAR_WIDTH = 9;
const BAR_GAP = 2;

/** When a trace started, as a share of the time that is shown. */
type Place = (trace: ListedTrace) => number;

/** Each trace a dot: when it started, how long it took. */
export function LatencyChart({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const at = placeIn(traces);
  const heights = traces.map((trace) => Math.log1p(trace.durationMs));
  const longest = Math.max(...traces.map((trace) => trace.durationMs));
  const least = Math.min(...heights);
  const range = Math.max(...heights) - least || 1;
  const heightOf = (ms: number): number => (Math.log1p(ms) - least) / range;
  return (
    <Chart
      title="Duration"
      note={`longest ${formatDuration(longest)}, logarithmic`}
      label={`Duration of ${traces.length} traces over time`}
      ends={endsOf(traces)}
    >
      {(width) =>
        traces.map((trace) => (
          <circle
            key={trace.traceId}
            class={trace.errors > 0 ? "dot has-error" : "dot"}
            cx={EDGE + at(trace) * (width - 2 * EDGE)}
            cy={HEIGHT - EDGE - heightOf(trace.durationMs) * (HEIGHT - 2 * EDGE)}
            r={3}
            onClick={() => navigate(traceAddress(trace.traceId))}
          >
            <title>{`${toVisible(trace.name).slice(0, 200)}\n${formatDuration(trace.durationMs)}\n${formatTime(trace.startTimeMs)}`}</title>
          </circle>
        ))
      }
    </Chart>
  );
}

/** What was spent, in as many intervals as there is room for. */
export function CostChart({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const at = placeIn(traces);
  const sumsFor = (width: number): number[] => {
    const sums = Array.from({ length: Math.max(1, Math.floor(width / BAR_WIDTH)) }, () => 0);
    for (const trace of traces) {
      const index = Math.min(sums.length - 1, Math.floor(at(trace) * sums.length));
      sums[index] = (sums[index] ?? 0) + (trace.cost?.usd ?? 0);
    }
    return sums;
  };
  const costs = traces.flatMap((trace) => trace.cost?.usd ?? []);
  return (
    <Chart
      title="Cost"
      note={costs.length > 0 ? `dearest trace ${formatUsd(Math.max(...costs))}` : "no price is known"}
      label={`Cost of ${traces.length} traces over time`}
      ends={endsOf(traces)}
    >
      {(width) => {
        const sums = sumsFor(width);
        const most = Math.max(...sums);
        return sums.map((usd, index) => (
          <Column
            key={index}
            left={index * BAR_WIDTH}
            width={BAR_WIDTH - BAR_GAP}
            share={usd / most}
            class="cost-bar"
            title={formatUsd(usd)}
          />
        ));
      }}
    </Chart>
  );
}

/** Sums of a time, interval by interval: how long calls or traces took (half of them, and 95 %), or what they cost. */
export function BarChart(props: {
  answer: StatsAnswer | TotalsAnswer;
  what: "time" | "cost";
  of: "calls" | "traces";
}): JSX.Element {
  const { answer, what, of } = props;
  const { series, fromMs, toMs, intervalMs } = answer;
  const firstMs = Math.floor(fromMs / intervalMs) * intervalMs;
  const count = Math.floor((toMs - firstMs) / intervalMs) + 1;
  const valueOf = (one: (typeof series)[number]): number => (what === "time" ? one.p95Ms : one.cost?.usd) ?? 0;
  const most = Math.max(0, ...series.map(valueOf));
  const told = what === "time" ? formatDuration : formatUsd;
  const title = what === "time" ? `Time of ${of}` : "Cost";
  const note = what === "time" ? `median and p95, up to ${told(most)}` : `up to ${told(most)} a bar`;
  return (
    <Chart
      title={title}
      note={most > 0 ? note : what === "cost" ? "no price is known" : `no ${of}`}
      label={`${title} in ${count} intervals`}
      ends={[fromMs, toMs]}
    >
      {(width) =>
        series.map((one) => {
          const step = width / count;
          const left = ((one.startMs - firstMs) / intervalMs) * step;
          const bar = { left, width: Math.max(1, step - Math.min(BAR_GAP, step / 4)) };
          const when = `${formatTime(one.startMs).slice(0, 19)}\n`;
          if (what === "cost") {
            return (
              <Column
                key={one.startMs}
                {...bar}
                share={valueOf(one) / most}
                class="cost-bar"
                title={`${when}${formatUsd(one.cost?.usd)}`}
              />
            );
          }
          const times = `${when}half within ${told(one.p50Ms ?? 0)}, 95 % within ${told(one.p95Ms ?? 0)}`;
          return (
            <g key={one.startMs}>
              <Column {...bar} share={(one.p95Ms ?? 0) / most} class="time-bar is-p95" title={times} />
              <Column {...bar} share={(one.p50Ms ?? 0) / most} class="time-bar" title={times} />
            </g>
          );
        })
      }
    </Chart>
  );
}

/** One bar; what is more than nothing can be seen. */
function Column(props: {
  left: number;
  width: number;
  share: number;
  class: string;
  title: string;
}): JSX.Element | null {
  if (!(props.share > 0)) return null;
  const height = Math.max(2, props.share * (HEIGHT - EDGE));
  return (
    <rect class={props.class} x={props.left} y={HEIGHT - height} width={props.width} height={height} rx={1}>
      <title>{props.title}</title>
    </rect>
  );
}

interface ChartProps {
  readonly title: string;
  readonly note: string;
  readonly label: string;
  readonly ends: readonly [number, number];
  /** What is drawn into so many pixels. */
  readonly children: (width: number) => ComponentChildren;
}

function Chart({ title, note, label, ends, children }: ChartProps): JSX.Element {
  const { ref, width } = useSize<HTMLDivElement>();
  const [first, last] = ends;
  const told = (timeMs: number): string =>
    last - first < HOUR_MS ? formatTime(timeMs).slice(11, 19) : formatTime(timeMs).slice(5, 16);
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="dim">{note}</span>
      </figcaption>
      <div ref={ref} class="chart-room">
        <svg width={width.value} height={HEIGHT} role="img" aria-label={label}>
          {width.value > 0 && children(width.value)}
        </svg>
      </div>
      <div class="chart-ends dim" aria-hidden="true">
        <span>{told(first)}</span>
        <span>{told(last)}</span>
      </div>
    </figure>
  );
}

function endsOf(traces: readonly ListedTrace[]): [number, number] {
  const times = traces.map((trace) => trace.startTimeMs);
  return [Math.min(...times), Math.max(...times)];
}

function placeIn(traces: readonly ListedTrace[]): Place {
  const [first, last] = endsOf(traces);
  return (trace) => (last === first ? 0.5 : (trace.startTimeMs - first) / (last - first));
}
