import type { JSX } from "preact";
import type { ListedTrace } from "../api/types.ts";
import { formatCount, formatDuration, formatShortCount, formatUsd } from "../ui/format.ts";
import { CostChart, LatencyChart } from "./charts.tsx";
import { totalsOf } from "./totals.ts";

/** What the traces below come to. */
export function Summary({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const totals = totalsOf(traces);
  const { prompt, completion } = totals.tokens;
  const share = Math.round((100 * totals.failed) / Math.max(1, totals.traces));
  return (
    <section class="summary" aria-label="All traces below, together">
      <dl class="figures">
        <Figure name="Traces" value={formatCount(totals.traces)} />
        <Figure name="Failed" value={formatCount(totals.failed)} more={`${share} %`} isBad={totals.failed > 0} />
        <Figure name="Duration" value={maybe(totals.medianMs)} more={`p95 ${maybe(totals.p95Ms)}`} />
        <Figure name="First token" value={maybe(totals.medianFirstTokenMs)} more="median" />
        <Figure
          name="Tokens"
          value={formatShortCount(prompt + completion)}
          more={`${formatShortCount(prompt)} in, ${formatShortCount(completion)} out`}
        />
        <Figure
          name="Cost"
          value={formatUsd(totals.usd)}
          more={totals.isCostPartial ? "some prices unknown" : undefined}
        />
      </dl>
      <LatencyChart traces={traces} />
      <CostChart traces={traces} />
    </section>
  );
}

function Figure(props: { name: string; value: string; more?: string | undefined; isBad?: boolean }): JSX.Element {
  return (
    <div class={props.isBad === true ? "figure is-bad" : "figure"}>
      <dt>{props.name}</dt>
      <dd>
        <strong>{props.value}</strong>
        {props.more !== undefined && <span class="dim">{props.more}</span>}
      </dd>
    </div>
  );
}

function maybe(ms: number | undefined): string {
  return ms === undefined ? "–" : formatDuration(ms);
}
