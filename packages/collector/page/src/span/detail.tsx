import type { Span } from "@portkey-tracing/core";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { toPathPart } from "../../../src/view/path-part.ts";
import { keepFresh, type Problem } from "../api/fresh.ts";
import type { SpanAnswer } from "../api/types.ts";
import { useFresh } from "../api/use-fresh.ts";
import { traceAddress } from "../router.ts";
import { kindOf, typeName } from "../trace/kinds.ts";
import type { Row } from "../trace/rows.ts";
import { select, type TraceState } from "../trace/trace-state.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatDuration } from "../ui/format.ts";
import { Icon, typeIcon } from "../ui/icon.tsx";
import { Loading, Notice } from "../ui/messages.tsx";
import { Status } from "../ui/status.tsx";
import { Content } from "./content.tsx";
import { toCurl } from "./curl.ts";
import { ErrorBox } from "./error-box.tsx";
import { JsonView } from "./json-view.tsx";
import { SpanFacts } from "./span-facts.tsx";

const TABS = ["Content", "Details", "JSON"] as const;
type Tab = (typeof TABS)[number];

/** The tab stays the same from span to span. */
const LAST: { tab: Tab } = { tab: "Content" };

/** Everything that is known of the span that was picked. */
export function Detail({ state, row }: { state: TraceState; row: Row }): JSX.Element {
  const { traceId } = state;
  const tab = useSignal<Tab>(LAST.tab);
  const fresh = useFresh(() => {
    const address = `/api/traces/${toPathPart(traceId)}/spans/${toPathPart(row.spanId)}`;
    // A span changes only when its end comes after all, or when what was inferred is seen.
    const mayChange = row.status === "unfinished" || row.inferred === true;
    return keepFresh<SpanAnswer>(address, (ids) => mayChange && ids.has(traceId));
  }, [traceId, row.spanId, row.status, row.inferred]);
  const answer = fresh.value.value;
  const choose = (next: Tab): void => {
    tab.value = next;
    LAST.tab = next;
  };
  const aside = useRef<HTMLElement>(null);
  useLayoutEffect(() => () => giveFocusBack(aside.current), []);
  return (
    <aside ref={aside} class={`detail kind-${kindOf(row.type)}`} aria-label="Span">
      <header class="detail-head">
        <div class="detail-title">
          <span class="type">
            <Icon name={typeIcon(row.type)} size={16} />
          </span>
          <h2>
            <Foreign text={row.name} />
          </h2>
          <Tools traceId={traceId} spanId={row.spanId} span={answer?.span} />
          <button
            type="button"
            class="button bare"
            aria-label="Close"
            title="Close (Esc)"
            onClick={() => select(state, undefined)}
          >
            <Icon name="close" />
          </button>
        </div>
        <p class="detail-line">
          <span class="kind-name">{typeName(row.type)}</span>
          <Status status={row.status} />
          <span>{row.inferred === true ? "no time of its own" : formatDuration(row.durationMs)}</span>
          {row.model !== undefined && <Foreign class="dim" text={row.model} />}
        </p>
        <Tabs tab={tab.value} onChoose={choose} />
      </header>
      <div
        class="detail-body"
        id="tab-panel"
        role="tabpanel"
        aria-label={tab.value}
        tabIndex={0}
        key={`${row.spanId} ${tab.value}`}
      >
        {isNews(fresh.problem.value, answer) && <Notice problem={fresh.problem.value} />}
        {answer === undefined ? (
          fresh.problem.value === undefined && <Loading what="the span" />
        ) : (
          <Panel tab={tab.value} answer={answer} state={state} row={row} />
        )}
      </div>
    </aside>
  );
}

/** That a span is gone is told above, of the whole trace. */
function isNews(problem: Problem | undefined, answer: SpanAnswer | undefined): boolean {
  return problem !== undefined && (problem.kind !== "missing" || answer === undefined);
}

/** When it is closed, the keyboard is in the tree again. */
function giveFocusBack(aside: HTMLElement | null): void {
  if (aside?.contains(document.activeElement) !== true) return;
  document.querySelector<HTMLElement>(".rows")?.focus({ preventScroll: true });
}

function Panel({
  tab,
  answer,
  state,
  row,
}: {
  tab: Tab;
  answer: SpanAnswer;
  state: TraceState;
  row: Row;
}): JSX.Element {
  const { span, cost } = answer;
  switch (tab) {
    case "Content":
      return (
        <>
          <ErrorBox status={span.status} />
          <Content span={span} />
        </>
      );
    case "Details":
      return <SpanFacts span={span} cost={cost} row={row} traceStartMs={state.startMs.value} />;
    case "JSON":
      return <JsonView name="span" value={JSON.parse(JSON.stringify(span))} openLevels={2} />;
  }
}

function Tabs({ tab, onChoose }: { tab: Tab; onChoose: (tab: Tab) => void }): JSX.Element {
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
    if (by === 0 || next === undefined) return;
    event.stopPropagation();
    event.preventDefault();
    onChoose(next);
    const buttons = (event.currentTarget as HTMLElement).querySelectorAll("button");
    buttons[TABS.indexOf(next)]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="What to show of the span" onKeyDown={move}>
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          aria-selected={one === tab}
          aria-controls="tab-panel"
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onChoose(one)}
        >
          {one}
        </button>
      ))}
    </div>
  );
}

function Tools({ traceId, spanId, span }: { traceId: string; spanId: string; span: Span | undefined }): JSX.Element {
  const curl = span === undefined ? undefined : toCurl(span);
  return (
    <>
      {curl !== undefined && <CopyButton text={() => curl} label="Copy as cURL" icon="terminal" isBare />}
      <CopyButton
        text={() => location.origin + traceAddress(traceId, spanId)}
        label="Copy link to this span"
        icon="link"
        isBare
      />
    </>
  );
}
