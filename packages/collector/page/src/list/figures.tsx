import type { JSX } from "preact";
import type { Totals, TraceCost } from "../api/types.ts";
import { formatCount, formatDuration, formatShortCount, formatUsd } from "../ui/format.ts";

/** A number with its name, and what else there is to say of it. */
export function Figure(props: {
  name: string;
  value: string;
  more?: string | undefined;
  isBad?: boolean;
}): JSX.Element {
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

/** How many failed, of how many. */
export function FailedFigure({ name, failed, all }: { name: string; failed: number; all: number }): JSX.Element {
  return <Figure name={name} value={formatCount(failed)} more={shareOf(failed, all)} isBad={failed > 0} />;
}

/** Tokens that went in and came out. */
export function TokensFigure({ prompt, completion }: { prompt: number; completion: number }): JSX.Element {
  const more = `${formatShortCount(prompt)} in, ${formatShortCount(completion)} out`;
  return <Figure name="Tokens" value={formatShortCount(prompt + completion)} more={more} />;
}

/** What was spent, as far as prices are known. */
export function CostFigure({ cost, hasTokens }: { cost: TraceCost | undefined; hasTokens: boolean }): JSX.Element {
  if (cost === undefined) return <Figure name="Cost" value="–" more={hasTokens ? "no price known" : undefined} />;
  const isWhole = cost.complete;
  return (
    <Figure
      name="Cost"
      value={`${isWhole ? "" : "≥\u00a0"}${formatUsd(cost.usd)}`}
      more={isWhole ? undefined : "some prices unknown"}
    />
  );
}

/** What some traces come to. */
export function TraceFigures({ totals }: { totals: Totals }): JSX.Element {
  const { prompt, completion } = totals.tokens;
  return (
    <dl class="figures">
      <Figure name="Spans" value={formatShortCount(totals.spans)} />
      <FailedFigure name="Failed" failed={totals.failed} all={totals.traces} />
      <Figure name="Duration" value={maybeDuration(totals.p50Ms)} more={`p95 ${maybeDuration(totals.p95Ms)}`} />
      <Figure name="First token" value={maybeDuration(totals.firstTokenP50Ms)} more="median" />
      <TokensFigure prompt={prompt} completion={completion} />
      <CostFigure cost={totals.cost} hasTokens={prompt + completion > 0} />
    </dl>
  );
}

/** A time; `–` where there was none. */
export function maybeDuration(ms: number | undefined): string {
  return ms === undefined ? "–" : formatDuration(ms);
}

/** How much of all that was. */
function shareOf(some: number, all: number): string {
  const percent = (100 * some) / Math.max(1, all);
  return some > 0 && percent < 1 ? "< 1 %" : `${Math.round(percent)} %`;
}
