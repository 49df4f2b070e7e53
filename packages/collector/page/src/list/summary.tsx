import type { JSX } from "preact";
import { totalsOf } from "../../../src/view/totals.ts";
import { keepFresh } from "../api/fresh.ts";
import type { ListedTrace, StatsAnswer, TotalsAnswer } from "../api/types.ts";
import { useFresh } from "../api/use-fresh.ts";
import { params, setParams } from "../router.ts";
import { formatCount, formatCounted, formatPeriod, formatShortCount } from "../ui/format.ts";
import { Notice } from "../ui/messages.tsx";
import { BarChart, CostChart, LatencyChart } from "./charts.tsx";
import { CostFigure, FailedFigure, Figure, maybeDuration, TokensFigure, TraceFigures } from "./figures.tsx";
import { onlySinceMs, parseQuery, toApiParams } from "./query.ts";

interface SummaryProps {
  readonly traces: readonly ListedTrace[];
  /** More traces are like that than are shown. */
  readonly hasMore: boolean;
}

/** What the traces below come to; or all that are like that, where there are more than are shown. */
export function Summary({ traces, hasMore }: SummaryProps): JSX.Element {
  const line = params.value.get("q") ?? "";
  const sinceMs = onlySinceMs(parseQuery(line));
  const canShowAll = hasMore || params.value.has("cursor");
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
        {showsAll && sinceMs !== undefined && <p class="dim">In steps of five minutes; times are right within 9 %</p>}
      </header>
      {!showsAll && <OfTraces traces={traces} />}
      {showsAll && (sinceMs === undefined ? <OfMatches line={line} /> : <OfAll sinceMs={sinceMs} />)}
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

/** Of a time alone the collector keeps sums. */
function allOf(sinceMs: number | undefined): string {
  return sinceMs === undefined ? "All that match" : `All of the last ${formatPeriod(sinceMs)}`;
}

function Choice({ isOn, onClick, text }: { isOn: boolean; onClick: () => void; text: string }): JSX.Element {
  return (
    <button type="button" aria-pressed={isOn} onClick={onClick}>
      {text}
    </button>
  );
}

function OfTraces({ traces }: { traces: readonly ListedTrace[] }): JSX.Element {
  return (
    <div class="summary-body">
      <TraceFigures totals={totalsOf(traces)} />
      <LatencyChart traces={traces} />
      <CostChart traces={traces} />
    </div>
  );
}

/** Of traces that are not all shown, as the collector reads them. */
function OfMatches({ line }: { line: string }): JSX.Element {
  const address = (): string => `/api/totals?${toApiParams(parseQuery(line), Date.now()).toString()}`;
  const sums = useFresh(() => keepFresh<TotalsAnswer>(address, () => true), [line]);
  const answer = sums.value.value;
  if (answer === undefined) return <Notice problem={sums.problem.value} />;
  return (
    <>
      {answer.incomplete === true && (
        <p class="dim hint">Of the newest {formatCount(answer.totals.traces)} that were found; there may be more.</p>
      )}
      <div class="summary-body">
        <TraceFigures totals={answer.totals} />
        <BarChart answer={answer} what="time" of="traces" />
        <BarChart answer={answer} what="cost" of="traces" />
      </div>
    </>
  );
}

/** Of spans and calls, as the collector keeps sums of them: it knows those of any time without reading traces. */
function OfAll({ sinceMs }: { sinceMs: number }): JSX.Element {
  const address = (): string => `/api/stats?from=${Math.floor(Date.now() - sinceMs)}`;
  const stats = useFresh(() => keepFresh<StatsAnswer>(address, () => true), [sinceMs]);
  const answer = stats.value.value;
  if (answer === undefined) return <Notice problem={stats.problem.value} />;
  const { totals } = answer;
  return (
    <div class="summary-body">
      <dl class="figures">
        <Figure name="Spans" value={formatShortCount(totals.spans)} />
        <FailedFigure name="Failed spans" failed={totals.errors} all={totals.spans} />
        <Figure name="Model calls" value={formatShortCount(totals.calls)} />
        <Figure
          name={totals.calls > 0 ? "Time of a call" : "Time of a span"}
          value={maybeDuration(totals.p50Ms)}
          more={`p95 ${maybeDuration(totals.p95Ms)}`}
        />
        <TokensFigure prompt={totals.prompt} completion={totals.completion} />
        <CostFigure cost={totals.cost} hasTokens={totals.prompt + totals.completion > 0} />
      </dl>
      <BarChart answer={answer} what="time" of="calls" />
      <BarChart answer={answer} what="cost" of="calls" />
    </div>
  );
}
