import { foreignText, h, statusBadge } from "./dom.js";
import { formatDuration, ticksOf } from "./format.js";

const ROW_HEIGHT = 28;
const SPARE_ROWS = 12;
const MAX_INDENT = 12;

/** Tree and bars, row beside row. Only the rows in sight are in the document, so that a long trace scrolls like a short one. */
export function createWaterfall(onSelect) {
  const axis = h("div", { class: "axis" });
  const rows = h("div", { class: "rows" });
  const element = h("div", { class: "waterfall", tabIndex: 0, role: "tree", "aria-label": "Spans" }, axis, rows);
  const view = { lines: [], trace: undefined, selected: -1 };
  const render = () => renderRows(element, rows, view);
  element.addEventListener("scroll", () => requestAnimationFrame(render), { passive: true });
  new ResizeObserver(render).observe(element);
  listenForPicks(element, rows, view, onSelect);

  return {
    element,
    show({ trace, spans, outline }) {
      const selected = view.lines[view.selected]?.span.spanId;
      view.trace = trace;
      view.lines = outline.map((line, index) => ({ ...line, span: spans[index] }));
      view.selected = view.lines.findIndex((line) => line.span.spanId === selected);
      rows.style.height = `${view.lines.length * ROW_HEIGHT}px`;
      showAxis(element, axis, ticksOf(trace.durationMs || 1));
      render();
    },
    select(spanId) {
      view.selected = view.lines.findIndex((line) => line.span.spanId === spanId);
      if (view.selected >= 0) scrollTo(element, view.selected);
      render();
    },
  };
}

function renderRows(element, rows, view) {
  const first = Math.max(0, Math.floor(element.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
  const last = first + Math.ceil(element.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
  const visible = view.lines.slice(first, last);
  rows.replaceChildren(...visible.map((line, index) => row(line, first + index, view)));
}

/** By mouse and by key; Escape picks none. */
function listenForPicks(element, rows, view, onSelect) {
  const pick = (index) => {
    const line = view.lines[index];
    if (line !== undefined) onSelect(line.span.spanId);
  };
  rows.addEventListener("click", (event) => pick(Number(event.target.closest(".row")?.dataset.index)));
  element.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") onSelect(undefined);
    if (step === undefined) return;
    event.preventDefault();
    pick(Math.min(view.lines.length - 1, Math.max(0, view.selected + step)));
  });
}

function scrollTo(element, index) {
  const top = index * ROW_HEIGHT;
  const height = element.clientHeight - 2 * ROW_HEIGHT;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top > element.scrollTop + height) element.scrollTop = top - height;
}

function showAxis(element, axis, ticks) {
  const labels = ticks.map(({ share, label }) => {
    const tick = h("span", { class: "tick" }, label);
    tick.style.left = `${share * 100}%`;
    return tick;
  });
  element.style.setProperty("--step", `${(ticks[1]?.share ?? 1) * 100}%`);
  const track = h("div", { class: "track" }, ...labels);
  axis.replaceChildren(h("div", { class: "label" }, "Span"), track, h("div", { class: "time" }));
}

function row({ span, depth, orphan }, index, { trace, selected }) {
  const isSelected = index === selected;
  const name = h(
    "div",
    { class: "label" },
    h("i", { class: `dot type-${span.type}` }),
    foreignText(span.name, "name"),
    modelOf(span),
    orphan && h("span", { class: "badge status-open", title: "Its parent has not arrived" }, "parent missing"),
    statusBadge(span.status.code),
  );
  name.style.paddingLeft = `${8 + Math.min(depth, MAX_INDENT) * 16}px`;
  const element = h(
    "div",
    {
      class: `row${isSelected ? " selected" : ""}`,
      role: "treeitem",
      "aria-level": depth + 1,
      "aria-selected": isSelected,
      "data-index": index,
      "data-span": span.spanId,
    },
    name,
    h("div", { class: "track" }, bar(span, trace)),
    h("div", { class: "time" }, formatDuration(span.durationMs)),
  );
  element.style.top = `${index * ROW_HEIGHT}px`;
  return element;
}

function modelOf(span) {
  const model = span.model && (span.output?.model ?? span.input?.model);
  return typeof model === "string" && foreignText(model, "models");
}

function bar(span, trace) {
  const whole = trace.durationMs || 1;
  const element = h("div", { class: `bar-of type-${span.type} is-${span.status.code}` });
  element.style.left = `${((span.startTimeMs - trace.startTimeMs) / whole) * 100}%`;
  element.style.width = `${(span.durationMs / whole) * 100}%`;
  return element;
}
