import type { JSX } from "preact";
import type { ListedTrace } from "../api/types.ts";
import { navigate, params, sessionAddress, traceAddress } from "../router.ts";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatAgo, formatCount, formatCounted, formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Status, statusWord } from "../ui/status.tsx";
import { search } from "./filter-bar.tsx";
import { withCondition } from "./query.ts";

interface RowProps {
  readonly trace: ListedTrace;
  readonly nowMs: number;
  /** A duration that few of the traces that are shown exceed. */
  readonly longestMs: number;
}

/** A trace in the list. The row leads to it; its name is the link. */
export function TraceRow({ trace, nowMs, longestMs }: RowProps): JSX.Element {
  const address = traceAddress(trace.traceId);
  const open = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest("a, button") !== null) return;
    if (String(getSelection()) === "") navigate(address);
  };
  return (
    <tr data-trace={trace.traceId} onClick={open} class={trace.status === "error" ? "has-failed" : undefined}>
      <td class="is-name">
        <div class="name-cell">
          <Status status={trace.status} isQuiet />
          <div class="name-and-models">
            <a href={address} class="trace-link">
              <Foreign text={trace.name} />
            </a>
            <Notes trace={trace} />
          </div>
        </div>
      </td>
      <td class="is-start">
        <time title={formatTime(trace.startTimeMs)}>{formatAgo(trace.startTimeMs, nowMs)}</time>
      </td>
      <td class="is-duration is-number">
        <Duration ms={trace.durationMs} longestMs={longestMs} isOpen={trace.status === "open"} />
      </td>
      <td class="is-first is-number" data-label="first token">
        {trace.firstTokenMs === undefined ? <Nothing /> : formatDuration(trace.firstTokenMs)}
      </td>
      <td class="is-spans is-number" data-label="spans">
        {formatCount(trace.spans)}
      </td>
      <td class="is-tokens is-number" data-label="tokens">
        <Tokens trace={trace} />
      </td>
      <td class="is-cost is-number">
        <CostOf trace={trace} />
      </td>
      <td class="is-user">{trace.user === undefined ? <Nothing /> : <UserFilter user={trace.user} />}</td>
      <td class="is-session">
        {trace.session === undefined ? (
          <Nothing />
        ) : (
          <a class="quiet" href={sessionAddress(trace.session)}>
            <Foreign text={trace.session} />
          </a>
        )}
      </td>
      <td class="is-feedback">
        <FeedbackOf trace={trace} />
      </td>
    </tr>
  );
}

function Notes({ trace }: { trace: ListedTrace }): JSX.Element {
  const { errors, status, models } = trace;
  return (
    <span class="notes">
      {status !== "ok" && status !== "error" && <span class={`status-${status}`}>{statusWord(status)}</span>}
      {errors > 0 && <span class="bad">{formatCounted(errors, "error")}</span>}
      {models.length > 0 && <Foreign class="dim" text={models.join(", ")} />}
    </span>
  );
}

function Duration({ ms, longestMs, isOpen }: { ms: number; longestMs: number; isOpen: boolean }): JSX.Element {
  return (
    <>
      {isOpen ? <span class="dim">so far </span> : null}
      {formatDuration(ms)}
      <span class="meter" aria-hidden="true">
        <i style={{ width: `${Math.min(100, (100 * ms) / Math.max(longestMs, 1e-9))}%` }} />
      </span>
    </>
  );
}

function Tokens({ trace: { tokens } }: { trace: ListedTrace }): JSX.Element {
  if (tokens.total === 0) return <Nothing />;
  return (
    <span title={`${formatCount(tokens.prompt)} in, ${formatCount(tokens.completion)} out`}>
      {formatCount(tokens.total)}
    </span>
  );
}

function CostOf({ trace: { cost, tokens } }: { trace: ListedTrace }): JSX.Element {
  if (cost === undefined) {
    return <Nothing title={tokens.total > 0 ? "No price is known for its models" : "No tokens were used"} />;
  }
  const title = cost.complete ? undefined : "At least: the prices of some of its models are not known";
  return <span title={title}>{`${cost.complete ? "" : "≥ "}${formatUsd(cost.usd)}`}</span>;
}

function UserFilter({ user }: { user: string }): JSX.Element {
  const ask = (): void => search(withCondition(params.value.get("q") ?? "", "user", user));
  return (
    <button type="button" class="quiet" title="Show this user's traces only" onClick={ask}>
      <Foreign text={user} />
    </button>
  );
}

function FeedbackOf({ trace: { feedback } }: { trace: ListedTrace }): JSX.Element {
  if (feedback === undefined || feedback.count === 0) return <Nothing />;
  const isGood = feedback.average >= 0;
  const label = `${formatCounted(feedback.count, "piece")} of feedback, mean ${feedback.average.toFixed(1)}`;
  return (
    <span class={isGood ? "good" : "bad"} title={label}>
      <Icon name={isGood ? "up" : "down"} size={14} label={label} />
      {feedback.count > 1 ? ` ${feedback.count}` : ""}
    </span>
  );
}

function Nothing({ title }: { title?: string }): JSX.Element {
  return (
    <span class="nothing" title={title}>
      –
    </span>
  );
}
