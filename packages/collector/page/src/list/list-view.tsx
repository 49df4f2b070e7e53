import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { percentile } from "../../../src/view/totals.ts";
import { type Fresh, keepFresh } from "../api/fresh.ts";
import type { TraceListAnswer } from "../api/types.ts";
import { lastTrace, params, setParams } from "../router.ts";
import { Bar } from "../ui/bar.tsx";
import { useKeys } from "../ui/keys.ts";
import { Loading, Notice } from "../ui/messages.tsx";
import { FilterBar, search } from "./filter-bar.tsx";
import { NoTraces } from "./no-traces.tsx";
import { conditionIn, parseQuery, toApiParams } from "./query.ts";
import { Summary } from "./summary.tsx";
import { TraceRow } from "./trace-row.tsx";

const SIZES = ["50", "100", "500"];
const CLOCK_MS = 10_000;
const COLUMNS = [
  "Trace",
  "Started",
  "Duration",
  "First token",
  "Spans",
  "Tokens",
  "Cost",
  "User",
  "Session",
  "Feedback",
];

/** Traces, newest first. What is asked stands in the address. */
export function ListView(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const list = useList();
  useEffect(() => void (document.title = "Traces"), []);
  useKeys({
    "/": () => input.current?.focus(),
    j: () => step(1),
    k: () => step(-1),
    Escape: () => {
      if (document.activeElement === input.current) return input.current?.blur();
      return (params.value.get("q") ?? "") === "" ? false : search("");
    },
  });
  const answer = list.value.value;
  useLayoutEffect(() => {
    if (answer !== undefined) comeBack();
  }, [answer === undefined]);
  return (
    <>
      <Bar>
        <h1>Traces</h1>
      </Bar>
      <Notice problem={list.problem.value} />
      <main class="list">
        <FilterBar input={input} />
        {answer === undefined ? (
          list.problem.value === undefined && <Loading what="traces" />
        ) : (
          <Found answer={answer} />
        )}
      </main>
    </>
  );
}

function useList(): Fresh<TraceListAnswer> {
  const line = params.value.get("q") ?? "";
  const cursor = params.value.get("cursor");
  const size = params.value.get("size");
  const list = useMemo(() => {
    const query = parseQuery(line);
    const address = (): string => {
      const asked = toApiParams(query, Date.now());
      if (cursor !== null) asked.set("cursor", cursor);
      asked.set("limit", SIZES.find((one) => one === size) ?? "50");
      return `/api/traces?${asked.toString()}`;
    };
    return keepFresh<TraceListAnswer>(address, () => true);
  }, [line, cursor, size]);
  useEffect(() => {
    // What was new enough a while ago no longer is.
    const isOfTime = conditionIn(parseQuery(line), "since") !== undefined;
    const timer = isOfTime ? setInterval(() => list.refresh(), CLOCK_MS) : undefined;
    return () => {
      clearInterval(timer);
      list.stop();
    };
  }, [list]);
  return list;
}

function Found({ answer }: { answer: TraceListAnswer }): JSX.Element {
  const nowMs = useClock();
  const { traces, nextCursor, incomplete } = answer;
  if (traces.length === 0) return <NoTraces />;
  const longestMs =
    percentile(
      traces.map((trace) => trace.durationMs),
      0.95,
    ) ?? 0;
  return (
    <>
      <Summary traces={traces} hasMore={nextCursor !== undefined} />
      {incomplete === true && (
        <p class="dim hint">
          More spans have these words than are searched at a time: older traces may be missing. Ask for a shorter time.
        </p>
      )}
      <table class="traces">
        <thead>
          <tr>
            {COLUMNS.map((title) => (
              <th
                key={title}
                scope="col"
                class={`is-${title === "Trace" ? "name" : (title.split(" ", 1)[0]?.toLowerCase() ?? "")}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <TraceRow key={trace.traceId} trace={trace} nowMs={nowMs} longestMs={longestMs} />
          ))}
        </tbody>
      </table>
      <Pages nextCursor={nextCursor} />
    </>
  );
}

function Pages({ nextCursor }: { nextCursor: string | undefined }): JSX.Element {
  const isFirst = !params.value.has("cursor");
  return (
    <nav class="pages" aria-label="Pages">
      <button type="button" class="button" disabled={isFirst} onClick={() => go(undefined)}>
        Newest
      </button>
      <button type="button" class="button" disabled={nextCursor === undefined} onClick={() => go(nextCursor)}>
        Older
      </button>
      <label>
        <span class="dim">Traces a page</span>
        <select
          value={params.value.get("size") ?? "50"}
          onChange={(event) => setParams({ size: event.currentTarget.value })}
        >
          {SIZES.map((size) => (
            <option key={size}>{size}</option>
          ))}
        </select>
      </label>
    </nav>
  );
}

function go(cursor: string | undefined): void {
  setParams({ cursor }, true);
  scrollTo(0, 0);
}

/** Moves to the next or the previous trace. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(".trace-link")];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at === -1 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.closest("tr")?.scrollIntoView({ block: "nearest" });
}

/** Puts the reader on the trace that was left, if it is among those that are shown. */
function comeBack(): void {
  const links = [...document.querySelectorAll<HTMLElement>("tr[data-trace]")];
  const row = links.find((one) => one.dataset["trace"] === lastTrace.id);
  lastTrace.id = undefined;
  row?.querySelector<HTMLElement>(".trace-link")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "center" });
}

/** The time, a few times a minute: for what is said to be so long ago. */
function useClock(): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now.value, Date.now() - CLOCK_MS);
}
