import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { listAddress, params } from "../router.ts";
import { Detail } from "../span/detail.tsx";
import { Bar } from "../ui/bar.tsx";
import { Foreign, toVisible } from "../ui/foreign-text.tsx";
import { Icon } from "../ui/icon.tsx";
import { useKeys } from "../ui/keys.ts";
import { Empty, Loading, Notice } from "../ui/messages.tsx";
import { Status } from "../ui/status.tsx";
import { Facts } from "./facts.tsx";
import { Minimap } from "./minimap.tsx";
import { Toolbar } from "./toolbar.tsx";
import { traceKeys } from "./trace-keys.ts";
import { createTraceState, isWhole, reveal, showFirstIn, type TraceState } from "./trace-state.ts";
import { Waterfall } from "./waterfall.tsx";

/** One trace: its tree beside bars on one time axis, and the span that was picked. */
export function TraceView({ traceId }: { traceId: string }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const state = useMemo(() => createTraceState(traceId), [traceId]);
  useEffect(() => () => state.stop(), [state]);
  useKeys(traceKeys(state, () => input.current));
  const trace = state.fresh.value.value?.trace;
  const problem = state.fresh.problem.value;
  useEffect(() => {
    document.title = trace === undefined ? "Trace" : `${toVisible(trace.name).slice(0, 100)} · Traces`;
  }, [trace?.name]);
  return (
    <>
      <Bar>
        <a class="back" href={listAddress.value} aria-label="All traces">
          <Icon name="back" />
          <span>Traces</span>
        </a>
        <h1>
          <Foreign text={trace?.name ?? "Trace"} />
        </h1>
        {trace !== undefined && <Status status={trace.status} />}
      </Bar>
      {problem?.kind === "missing" ? trace !== undefined && <Removed /> : <Notice problem={problem} />}
      {trace === undefined ? <Waiting state={state} /> : <Shown state={state} input={input} />}
    </>
  );
}

/** It was shown, and the collector no longer has it. */
function Removed(): JSX.Element {
  return (
    <p class="notice" role="alert">
      <Icon name="warning" /> This trace was removed from the collector. What is shown is as it was.
    </p>
  );
}

function Waiting({ state }: { state: TraceState }): JSX.Element | null {
  const problem = state.fresh.problem.value;
  if (problem === undefined)
    return (
      <main>
        <Loading what="the trace" />
      </main>
    );
  if (problem.kind !== "missing") return null;
  return (
    <main>
      <Empty title="No span of this trace has arrived">
        <p>If its program is running, the trace shows up here as soon as its first span has ended.</p>
        <p>It may also have been removed, or have gone to another collector.</p>
        <a class="button" href="/">
          Show all traces
        </a>
      </Empty>
    </main>
  );
}

function Shown({ state, input }: { state: TraceState; input: preact.RefObject<HTMLInputElement> }): JSX.Element {
  const selected = state.selected.value;
  const wanted = params.value.get("span");
  useEffect(() => {
    // A link to a span: the way to it is opened, as soon as it is there.
    if (selected !== undefined) reveal(state, selected);
  }, [selected?.spanId]);
  useEffect(() => {
    // A link to a part of the time.
    if (!isWhole(state) && selected === undefined) showFirstIn(state);
  }, []);
  return (
    <main class={selected === undefined ? "trace" : "trace has-detail"}>
      <div class="trace-tree">
        <Facts state={state} />
        {wanted !== null && selected === undefined && (
          <p class="hint dim" role="status">
            The span of this link has not arrived, or is no longer there.
          </p>
        )}
        <Toolbar state={state} input={input} />
        <Minimap state={state} />
        <Waterfall state={state} />
      </div>
      {selected !== undefined && <Detail state={state} row={selected} />}
    </main>
  );
}
