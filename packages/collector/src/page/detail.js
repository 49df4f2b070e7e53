import { foreignText, h, statusBadge } from "./dom.js";
import { formatCount, formatDuration, formatTime } from "./format.js";

const MAX_CHARACTERS = 20_000;

/** Everything that is known of a span; nothing when there is none. */
export function showDetail(element, span, trace, onClose) {
  element.hidden = span === undefined;
  if (span === undefined) return element.replaceChildren();
  const close = h("button", { class: "close", type: "button", "aria-label": "Close" }, "×");
  close.addEventListener("click", onClose);
  element.replaceChildren(
    h("div", { class: "title" }, h("h2", {}, foreignText(span.name)), statusBadge(span.status.code) ?? "", close),
    factsOf(span, trace),
    ...errorOf(span.status),
    ...section("Input", span.input),
    ...section("Output", span.output),
    ...section("Marks", span.marks.length > 0 ? span.marks : undefined),
    ...section("Metadata", Object.keys(span.metadata).length > 0 ? span.metadata : undefined),
  );
  element.scrollTop = 0;
}

function factsOf(span, trace) {
  const usage = span.model && span.output?.usage;
  const facts = [
    ["Type", span.type],
    ["Duration", formatDuration(span.durationMs)],
    ["Start", `${formatTime(span.startTimeMs)} (+${formatDuration(span.startTimeMs - trace.startTimeMs)})`],
    ["Model", span.model && (span.output?.model ?? span.input?.model)],
    ["Provider", span.model?.provider],
    ["Tokens", usage && tokensOf(usage)],
    [
      "First token",
      span.model?.timeToFirstTokenMs === undefined ? undefined : formatDuration(span.model.timeToFirstTokenMs),
    ],
    ["Reason", span.status.reason],
    ["Tags", span.tags.join(", ")],
    ["Source", span.source],
    ["Span id", span.spanId],
  ];
  const shown = facts.filter(([, value]) => value !== undefined && value !== "" && value !== null);
  return h("dl", {}, ...shown.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, foreignText(String(value)))]));
}

function tokensOf({ prompt_tokens: prompt, completion_tokens: completion, total_tokens: total }) {
  const [a, b, c] = [prompt, completion, total].map((count) => (typeof count === "number" ? formatCount(count) : "?"));
  return `${a} → ${b} = ${c}`;
}

function errorOf({ error }) {
  if (error === undefined) return [];
  const details = [error.code && `code ${error.code}`, error.httpStatus && `HTTP ${error.httpStatus}`].filter(Boolean);
  const stack = error.stack && h("details", {}, h("summary", {}, "Stack"), h("pre", {}, error.stack));
  const message = h("p", { class: "message" }, h("strong", {}, error.type), ": ", error.message);
  return [
    h(
      "section",
      { class: "error" },
      message,
      details.length > 0 && h("p", { class: "dim" }, details.join(" · ")),
      stack || "",
    ),
  ];
}

function section(title, value) {
  if (value === undefined) return [];
  const text = typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
  const pre = h("pre", { tabIndex: 0 }, text.slice(0, MAX_CHARACTERS));
  const parts = [h("h3", {}, title), pre];
  if (text.length > MAX_CHARACTERS) {
    const all = h("button", { class: "more", type: "button" }, `Show all ${formatCount(text.length)} characters`);
    all.addEventListener("click", () => {
      pre.textContent = text;
      all.remove();
    });
    parts.push(all);
  }
  return [h("section", {}, ...parts)];
}
