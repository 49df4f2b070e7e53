import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toPathPart } from "../../../src/view/path-part.ts";
import { totalsOf } from "../../../src/view/totals.ts";
import { type Fresh, keepFresh } from "../api/fresh.ts";
import type { ListedTrace, SpanAnswer, TraceListAnswer } from "../api/types.ts";
import { useFresh } from "../api/use-fresh.ts";
import { listAddress, traceAddress } from "../router.ts";
import { LongText } from "../span/long-text.tsx";
import { plainText } from "../span/messages.ts";
import { Bar } from "../ui/bar.tsx";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatCount, formatCounted, formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Empty, Loading, Notice } from "../ui/messages.tsx";
import { Status } from "../ui/status.tsx";

const MAX_TRACES = 100;

/** The traces of one session or thread as a conversation, the oldest first. */
export function SessionView({ sessionId }: { sessionId: string }): JSX.Element {
  const list = useFresh(() => {
    const query = new URLSearchParams({ session: sessionId, limit: String(MAX_TRACES) }).toString();
    return keepFresh<TraceListAnswer>(`/api/traces?${query}`, () => true);
  }, [sessionId]);
  useEffect(() => void (document.title = "Session · Traces"), []);
  const answer = list.value.value;
  return (
    <>
      <Bar>
        <a class="back" href={listAddress.value} aria-label="All traces">
          <Icon name="back" />
          <span>Traces</span>
        </a>
        <h1>
          <Icon name="session" /> <Foreign text={sessionId} />
        </h1>
      </Bar>
      <Notice problem={list.problem.value} />
      {answer === undefined ? (
        list.problem.value === undefined && <Loading what="the session" />
      ) : (
        <Turns answer={answer} />
      )}
    </>
  );
}

function Turns({ answer }: { answer: TraceListAnswer }): JSX.Element {
  const traces = answer.traces.toReversed();
  if (traces.length === 0) {
    return (
      <main>
        <Empty title="No trace belongs to this session">
          <p>
            Traces do where a span's metadata has <code>session_id</code>, <code>thread_id</code> or{" "}
            <code>conversation_id</code>.
          </p>
          <a class="button" href="/">
            Show all traces
          </a>
        </Empty>
      </main>
    );
  }
  const totals = totalsOf(traces);
  return (
    <main class="session">
      <p class="session-sum dim">
        {formatCounted(totals.traces, "trace")} · {formatCount(totals.tokens.prompt + totals.tokens.completion)} tokens
        · {totals.cost?.complete === false ? "≥ " : ""}
        {formatUsd(totals.cost?.usd)}
        {totals.failed > 0 && <span class="bad"> · {formatCount(totals.failed)} failed</span>}
      </p>
      {answer.nextCursor !== undefined && <p class="dim">The newest {MAX_TRACES} traces of the session.</p>}
      <ol class="turns">
        {traces.map((trace) => (
          <Turn key={trace.traceId} trace={trace} />
        ))}
      </ol>
    </main>
  );
}

function Turn({ trace }: { trace: ListedTrace }): JSX.Element {
  const head = useHead(trace);
  const span = head.value.value?.span;
  const asked = span === undefined ? undefined : plainText(span.input, "input");
  const answered = span === undefined ? undefined : plainText(span.output, "output");
  const error = span !== undefined && "error" in span.status ? span.status.error : undefined;
  return (
    <li class="turn">
      <p class="turn-head">
        <a href={traceAddress(trace.traceId)}>
          <Foreign text={trace.name} />
        </a>
        <Status status={trace.status} isQuiet={trace.status === "error"} />
        <span class="dim">
          {formatTime(trace.startTimeMs).slice(0, 19)} · {formatDuration(trace.durationMs)}
          {trace.tokens.total > 0 && ` · ${formatCount(trace.tokens.total)} tokens`}
          {trace.cost !== undefined && ` · ${formatUsd(trace.cost.usd)}`}
        </span>
      </p>
      {asked !== undefined && (
        <div class="bubble is-asked">
          <LongText text={asked} />
        </div>
      )}
      {answered !== undefined && (
        <div class="bubble is-answered">
          <LongText text={answered} />
        </div>
      )}
      {error !== undefined && (
        <div class="bubble is-failed">
          <LongText text={`${error.type}: ${error.message}`} />
        </div>
      )}
      {span !== undefined && asked === undefined && answered === undefined && error === undefined && (
        <p class="dim">Its root holds no text: open the trace to see what happened.</p>
      )}
    </li>
  );
}

/** The root of a trace; until it has ended, its earliest span. */
function useHead({ traceId, spans, status }: ListedTrace): Fresh<SpanAnswer> {
  const address = `/api/traces/${toPathPart(traceId)}/head`;
  return useFresh(() => keepFresh<SpanAnswer>(address, (ids) => ids.has(traceId)), [traceId, spans, status]);
}
