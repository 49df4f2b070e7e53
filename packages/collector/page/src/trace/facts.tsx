import type { JSX } from "preact";
import { sessionAddress } from "../router.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatCount, formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { Feedback } from "./feedback.tsx";
import type { Row } from "./rows.ts";
import type { TraceState } from "./trace-state.ts";

/** What the whole trace comes to. */
export function Facts({ state }: { state: TraceState }): JSX.Element | null {
  const answer = state.fresh.value.value;
  if (answer === undefined) return null;
  const { trace, feedback } = answer;
  const failed = state.rows.value.reduce((sum, row) => sum + (row.depth === 0 ? row.sum.errors : 0), 0);
  return (
    <section class="facts" aria-label="Trace">
      <dl>
        <Fact name="Duration">{formatDuration(trace.durationMs)}</Fact>
        {trace.firstTokenMs !== undefined && <Fact name="First token">{formatDuration(trace.firstTokenMs)}</Fact>}
        <Fact name="Spans">
          {formatCount(trace.spans)}
          {failed > 0 && <span class="bad"> {formatCount(failed)} failed</span>}
        </Fact>
        {trace.tokens.total > 0 && (
          <Fact name="Tokens">
            {formatCount(trace.tokens.prompt)} in, {formatCount(trace.tokens.completion)} out
          </Fact>
        )}
        {trace.tokens.total > 0 && <Fact name="Cost">{costOf(state.rows.value)}</Fact>}
        <Fact name="Started">
          <time>{formatTime(trace.startTimeMs).slice(0, 19)}</time>
        </Fact>
        {trace.user !== undefined && (
          <Fact name="User">
            <Foreign text={trace.user} />
          </Fact>
        )}
        {trace.session !== undefined && (
          <Fact name="Session">
            <a href={sessionAddress(trace.session)}>
              <Foreign text={trace.session} />
            </a>
          </Fact>
        )}
      </dl>
      <div class="facts-tools">
        <Feedback traceId={trace.traceId} feedback={feedback} onGiven={() => state.fresh.refresh()} />
        <CopyButton text={() => trace.traceId} label="Copy trace id" icon="copy" isBare />
      </div>
    </section>
  );
}

/** Of its spans, one by one. */
function costOf(rows: readonly Row[]): string {
  const sums = rows.filter((row) => row.depth === 0).map((row) => row.sum);
  const known = sums.flatMap((sum) => sum.usd ?? []);
  if (known.length === 0) return formatUsd(undefined);
  const isPartial = sums.some((sum) => sum.isPartial);
  return `${isPartial ? "≥ " : ""}${formatUsd(known.reduce((total, usd) => total + usd, 0))}`;
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
