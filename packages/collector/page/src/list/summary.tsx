import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { keepFresh } from "../api/fresh.ts";
import type { ListedTrace, StatsAnswer } from "../api/types.ts";
import { params, setParams } from "../router.ts";
import { formatCount, formatCounted, formatPeriod, formatShortCount } from "../ui/format.ts";
import { Notice } from "../ui/messages.tsx";
import { BarChart, CostChart, LatencyChart } from "./charts.tsx";
import { CostFigure, Figure, maybeDuration, shareOf, TokensFigure } from "./figures.tsx";
import { onlySinceMs, parseQuery } from "./query.ts";
import { totalsOf } from "./totals.ts";

interface SummaryProps {
  readonly traces: readonly ListedTrace[];
  /** More traces are like that than are shown. */
  readonly hasMore: boolean;
}

/** What the traces below come to; or all of a time, where there is more of it than is shown and nothing else is asked for. */
export function Summary({ traces, hasMore }: SummaryProps): JSX.Element {
  const sinceMs = onlySinceMs(parseQuery(params.value.get("q") ?? ""));
  const canShowAll = sinceMs !== undefined && (hasMore || params.value.has("cursor"));
  const showsAll = canShowAll && params.value.get("sums") === "all";
  const title = titleOf(traces.length, hasMore);
  return (
    <section class="summary" aria-label="Sums">
      <header class="summary-head">
        {canShowAll ? (
          <div class="segments" role="group" aria-label="Sums of">
            <Choice isOn={!showsAll} onClick={() => setParams({ sums: undefined })} text={title} />
            <Choice isOn={showsAll} onClick={() => setParams({ sums: "all" })} text={allOf(sinceMs)} />
          </div>
        ) : (
          <h2>{title}</h2>
        )}
        {showsAll && <p class="dim">In steps of five minutes; times are right within 9 %</p>}
      </header>
      {showsAll ? <OfAll sinceMs={sinceMs} /> : <OfTraces traces={traces} />}
    </section>
  );
}

/** `Newest 50 traces`, where there are more; else that these are all. */
function titleOf(count: number, hasMore: boolean): string {
  const isAsked = parseQuery(params.value.get("q") ?? "").terms.some((term) => term.kind !== "wrong");
  const traces = formatCounted(count, "trace");
  if (params.value.has("cursor")) return `These ${traces}, of more${isAsked ? " that match" : ""}`;
  if (hasMore) return `Newest ${traces}${isAsked ? " that match" : ""}`;
  return isAsked ? `${traces} that ${count === 1 ? "matches" : "match"}` : count === 1 ? "1 trace" : `All ${traces}`;
}

function allOf(sinceMs: number): string {
  return `All of the last ${formatPeriod(sinceMs)}`;
}

function Choice({ isOn, onClick, text }: { isOn: boolean; onClick: () => void; text: string }): JSX.Element {
  return (
    <button type="button" aria-pressed={isOn} onClick={onClick}>
      {text}
    </button>
  );
}

function OfTraces({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  const totals = totalsOf(traces);
  const { prompt, completion } = totals.tokens;
  const cost = totals.usd === undefined ? undefined : { usd: totals.usd, complete: !totals.isCostPartial };
  return (
    <div class="summary-body">
      <dl class="figures">
        <Figure name="Spans" value={formatShortCount(totals.spans)} />
        <Figure
          name="Failed"
          value={formatCount(totals.failed)}
          more={shareOf(totals.failed, totals.traces)}
          isBad={totals.failed > 0}
        />
        <Figure name="Duration" value={maybeDuration(totals.medianMs)} more={`p95 ${maybeDuration(totals.p95Ms)}`} />
        <Figure name="First token" value={maybeDuration(totals.medianFirstTokenMs)} more="median" />
        <TokensFigure prompt={prompt} completion={completion} />
        <CostFigure cost={cost} hasTokens={prompt + completion > 0} />
      </dl>
      <LatencyChart traces={traces} />
      <CostChart traces={traces} />
    </div>
  );
}

/** Of spans and calls, as the collector keeps sums of them: it knows those of any time without reading traces. */
function OfAll({ sinceMs }: { sinceMs: number }): JSX.Element {
  const stats = useMemo(
    () =>
      keepFresh<StatsAnswer>(
        () => `/api/stats?from=${Math.floor(Date.now() - sinceMs)}`,
        () => true,
      ),
    [sinceMs],
  );
  useEffect(() => () => stats.stop(), [stats]);
  const answer = stats.value.value;
  if (answer === undefined) return <Notice problem={stats.problem.value} />;
  const { totals } = answer;
  return (
    <div class="summary-body">
      <dl class="figures">
        <Figure name="Spans" value={formatShortCount(totals.spans)} />
        <Figure
          name="Failed spans"
          value={formatCount(totals.errors)}
          more={shareOf(totals.errors, totals.spans)}
          isBad={totals.errors > 0}
        />
        <Figure name="Model calls" value={formatShortCount(totals.calls)} />
        <Figure
          name={totals.calls > 0 ? "Time of a call" : "Time of a span"}
          value={maybeDuration(totals.p50Ms)}
          more={`p95 ${maybeDuration(totals.p95Ms)}`}
        />
        <TokensFigure prompt={totals.prompt} completion={totals.completion} />
        <CostFigure cost={totals.cost} hasTokens={totals.prompt + totals.completion > 0} />
      </dl>
      <BarChart answer={answer} what="time" />
      <BarChart answer={answer} what="cost" />
    </div>
  );
}
