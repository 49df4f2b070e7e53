import { showDetail } from "./detail.js";
import { foreignText, h, statusBadge } from "./dom.js";
import { formatCount, formatDuration, formatTime } from "./format.js";
import { getJson, keepFresh, Refusal } from "./live.js";
import { createWaterfall } from "./waterfall.js";

/** One trace: its tree beside bars on one time axis, and the span that was picked. */
export function showTrace(page, traceId) {
  const header = h("header", { class: "bar" }, h("a", { class: "back", href: "/" }, "← Traces"));
  const detail = h("aside", { class: "detail", hidden: true, "aria-label": "Span" });
  const view = { spans: [], trace: undefined, version: undefined };

  const select = (spanId) => {
    const span = view.spans.find((one) => one.spanId === spanId);
    history.replaceState(undefined, "", span === undefined ? location.pathname : `#${encodeURIComponent(spanId)}`);
    waterfall.select(span?.spanId);
    showDetail(detail, span, view.trace, () => select(undefined));
  };
  const waterfall = createWaterfall(select);
  page.replaceChildren(header, h("main", { class: "trace" }, waterfall.element, detail));

  keepFresh(async () => {
    const answer = await getTrace(traceId, view.version);
    if (answer === undefined) return;
    const isFirst = view.version === undefined;
    view.version = answer.version;
    view.spans = answer.body.spans;
    view.trace = answer.body.trace;
    document.title = `${view.trace.name} · Traces`;
    header.replaceChildren(...headline(view.trace));
    waterfall.show(answer.body);
    if (isFirst && location.hash.length > 1) select(decodeURIComponent(location.hash.slice(1)));
  });
}

async function getTrace(traceId, version) {
  try {
    return await getJson(`/api/traces/${encodeURIComponent(traceId)}`, version);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) {
      throw new Refusal(404, "No span of this trace has arrived. If its program is running, it will show up here.");
    }
    throw error;
  }
}

function headline(trace) {
  const { prompt, completion, total } = trace.tokens;
  const facts = [
    formatTime(trace.startTimeMs),
    formatDuration(trace.durationMs),
    `${formatCount(trace.spans)} ${trace.spans === 1 ? "span" : "spans"}`,
    total > 0 && `${formatCount(prompt)} → ${formatCount(completion)} tokens`,
    trace.errors > 0 && `${formatCount(trace.errors)} failed`,
  ];
  const texts = facts.filter(Boolean).map((fact) => h("span", {}, fact));
  const models = trace.models.length > 0 && foreignText(trace.models.join(", "));
  return [
    h("a", { class: "back", href: "/" }, "← Traces"),
    h("h1", {}, foreignText(trace.name), statusBadge(trace.status) ?? ""),
    h("p", { class: "facts" }, ...texts, models, foreignText(trace.traceId, "id")),
  ];
}
