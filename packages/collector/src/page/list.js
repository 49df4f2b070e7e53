import { foreignText, h, statusBadge } from "./dom.js";
import { formatAgo, formatCount, formatDuration, formatTime } from "./format.js";
import { attempt, getJson, keepFresh } from "./live.js";

/** The list of traces, newest first. */
export function showList(page) {
  const rows = h("tbody");
  const more = h("button", { class: "more", type: "button", hidden: true }, "Older traces");
  const table = h("table", { class: "traces" }, head(), rows);
  const content = h("main", { class: "list" }, table, more);
  page.replaceChildren(h("header", { class: "bar" }, h("h1", {}, "Traces")), content);

  const list = { traces: new Map(), nextCursor: undefined, shown: undefined };
  const render = () => {
    const traces = [...list.traces.values()].toSorted((a, b) => b.startTimeMs - a.startTimeMs);
    const news = JSON.stringify(traces);
    if (news === list.shown) return tellTimes(rows);
    list.shown = news;
    const focused = document.activeElement?.closest("tr")?.dataset.trace;
    rows.replaceChildren(...traces.map(row));
    if (focused !== undefined) rowOf(rows, focused)?.querySelector("a").focus();
    more.hidden = list.nextCursor === undefined;
    return content.replaceChildren(...(traces.length === 0 ? [empty()] : [table, more]));
  };
  const showOlder = async () => {
    const { body } = await getJson(`/api/traces?cursor=${list.nextCursor}`);
    add(list, body.traces);
    list.nextCursor = body.nextCursor;
    render();
  };
  more.addEventListener("click", () => void attempt(showOlder));
  keepFresh(async () => {
    const { body } = await getJson("/api/traces");
    const follows = body.traces.some((trace) => list.traces.has(trace.traceId));
    if (!follows) {
      list.traces.clear();
      list.nextCursor = body.nextCursor;
    }
    add(list, body.traces);
    render();
  });
}

function add(list, traces) {
  for (const trace of traces) list.traces.set(trace.traceId, trace);
}

/** Nothing is new but the time: what is focused or marked stays as it is. */
function tellTimes(rows) {
  for (const time of rows.querySelectorAll("time")) time.textContent = formatAgo(Number(time.dataset.ms), Date.now());
}

function rowOf(rows, traceId) {
  return [...rows.children].find((one) => one.dataset.trace === traceId);
}

function head() {
  const titles = ["Name", "Status", "Started", "Duration", "Tokens", "Spans"];
  const cells = titles.map((title) => h("th", { class: `is-${title.toLowerCase()}`, scope: "col" }, title));
  return h("thead", {}, h("tr", {}, ...cells));
}

function row(trace) {
  const link = h("a", { href: `/traces/${encodeURIComponent(trace.traceId)}` }, foreignText(trace.name));
  const models = trace.models.length > 0 && foreignText(trace.models.join(", "), "models");
  const errors =
    trace.errors > 0 && trace.status !== "error" && h("span", { class: "badge status-error" }, count(trace));
  const exact = { title: formatTime(trace.startTimeMs), "data-ms": trace.startTimeMs };
  const started = h("time", exact, formatAgo(trace.startTimeMs, Date.now()));
  return h(
    "tr",
    { "data-trace": trace.traceId },
    h("td", { class: "is-name" }, link, " ", models),
    h("td", { class: "is-status" }, statusBadge(trace.status), errors),
    h("td", { class: "is-started" }, started),
    h("td", { class: "is-duration" }, formatDuration(trace.durationMs)),
    h("td", { class: "is-tokens" }, ...counted(trace.tokens.total, "token")),
    h("td", { class: "is-spans" }, ...counted(trace.spans, "span")),
  );
}

/** A count, and its unit for where the column has no head. */
function counted(value, noun) {
  if (value === 0) return [h("span", { class: "none" }, "–")];
  return [formatCount(value), h("span", { class: "unit" }, ` ${noun}${value === 1 ? "" : "s"}`)];
}

function count({ errors }) {
  return errors === 1 ? "1 error inside" : `${formatCount(errors)} errors inside`;
}

function empty() {
  return h(
    "section",
    { class: "empty" },
    h("h2", {}, "No traces yet"),
    h("p", {}, "Start your program with this in its environment, and its traces appear here by themselves:"),
    h("pre", { class: "code" }, `PORTKEY_BASE_URL=${location.origin}/v1`),
    h(
      "p",
      { class: "dim" },
      "A handler of @portkey-tracing/langchain or @portkey-tracing/llamaindex needs nothing else.",
    ),
  );
}
