import type { JSX } from "preact";
import type { ListedTrace } from "../api/types.ts";
import { navigate, traceAddress } from "../router.ts";
import { toVisible } from "../ui/foreign-text.tsx";
import { formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { useSize } from "../ui/use-size.ts";

const HEIGHT = 64;
const EDGE = 5;
const HOUR_MS = 3_600_000;
const BAR_WIDTH = 9;

/** When a trace started, as a share of the time that is shown. */
type Place = (trace: ListedTrace) => number;

/** Each trace a dot: when it started, how long it took. */
export function LatencyChart({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const { ref, width } = useSize<HTMLDivElement>();
  const at = placeIn(traces);
  const heights = traces.map((trace) => Math.log1p(trace.durationMs));
  const longest = Math.max(...traces.map((trace) => trace.durationMs));
  const least = Math.min(...heights);
  const range = Math.max(...heights) - least || 1;
  const heightOf = (ms: number): number => (Math.log1p(ms) - least) / range;
  return (
    <figure class="chart">
      <figcaption>
        Duration <span class="dim">longest {formatDuration(longest)}, logarithmic</span>
      </figcaption>
      <div ref={ref} class="chart-room">
        <svg
          width={width.value}
          height={HEIGHT}
          role="img"
          aria-label={`Duration of ${traces.length} traces over time`}
        >
          {traces.map((trace) => (
            <circle
              key={trace.traceId}
              class={trace.errors > 0 ? "dot has-error" : "dot"}
              cx={EDGE + at(trace) * (width.value - 2 * EDGE)}
              cy={HEIGHT - EDGE - heightOf(trace.durationMs) * (HEIGHT - 2 * EDGE)}
              r={3}
              onClick={() => navigate(traceAddress(trace.traceId))}
            >
              <title>{`${toVisible(trace.name).slice(0, 200)}\n${formatDuration(trace.durationMs)}\n${formatTime(trace.startTimeMs)}`}</title>
            </circle>
          ))}
        </svg>
      </div>
      <Ends traces={traces} />
    </figure>
  );
}

/** What was spent, in as many intervals as there is room for. */
export function CostChart({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const { ref, width } = useSize<HTMLDivElement>();
  const count = Math.max(1, Math.floor(width.value / BAR_WIDTH));
  const at = placeIn(traces);
  const sums = Array.from({ length: count }, () => 0);
  for (const trace of traces) {
    const index = Math.min(count - 1, Math.floor(at(trace) * count));
    sums[index] = (sums[index] ?? 0) + (trace.cost?.usd ?? 0);
  }
  const most = Math.max(...sums);
  return (
    <figure class="chart">
      <figcaption>
        Cost <span class="dim">{most > 0 ? `at most ${formatUsd(most)} a bar` : "no price is known"}</span>
      </figcaption>
      <div ref={ref} class="chart-room">
        <svg width={width.value} height={HEIGHT} role="img" aria-label={`Cost of ${traces.length} traces over time`}>
          {sums.map((usd, index) => {
            const height = usd === 0 ? 0 : Math.max(2, (usd / most) * (HEIGHT - EDGE));
            return (
              <rect
                key={index}
                class="cost-bar"
                x={index * BAR_WIDTH}
                y={HEIGHT - height}
                width={BAR_WIDTH - 2}
                height={height}
                rx={1.5}
              >
                <title>{formatUsd(usd)}</title>
              </rect>
            );
          })}
        </svg>
      </div>
      <Ends traces={traces} />
    </figure>
  );
}

function Ends({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const times = traces.map((trace) => trace.startTimeMs);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const told = (timeMs: number): string =>
    last - first < HOUR_MS ? formatTime(timeMs).slice(11, 19) : formatTime(timeMs).slice(5, 16);
  return (
    <div class="chart-ends dim" aria-hidden="true">
      <span>{told(first)}</span>
      <span>{told(last)}</span>
    </div>
  );
}

function placeIn(traces: readonly ListedTrace[]): Place {
  const times = traces.map((trace) => trace.startTimeMs);
  const first = Math.min(...times);
  const whole = Math.max(...times) - first;
  return (trace) => (whole === 0 ? 0.5 : (trace.startTimeMs - first) / whole);
}
