import type { SpanStatus } from "../span.ts";
import type { TreeNode } from "./build-tree.ts";
import { formatCount, formatCounted, formatDuration } from "./format.ts";
import { type Paint, paintFor } from "./paint.ts";
import { summarize, type TokenCounts, tokensOf } from "./summarize.ts";
import { clipColumns, columnsOf, padColumns, toTerminalText } from "./terminal-text.ts";
import { type TreeRow, toRows } from "./tree-rows.ts";

/** How a tree is to be printed. */
export interface RenderOptions {
  /** ANSI colours; none unless asked for. */
  readonly color?: boolean | undefined;
  /** Columns of the terminal, at least 80; 100 unless told. */
  readonly width?: number | undefined;
}

/** Widths of the columns of one trace. */
interface Columns {
  readonly name: number;
  readonly type: number;
  readonly duration: number;
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

const MIN_WIDTH = 80;
const DEFAULT_WIDTH = 100;
const MIN_NAME = 20;
const GAP = "  ";

/**
 * A tree as text for a terminal, one line a span: name, type, duration, tokens (`prompt → completion = total`) and,
 * where it is not `ok`, the status. The first line of each trace sums it up; errors have a line of their own. Whatever
 * the spans contain is made harmless. Ends without a line break.
 */
export function renderTree(roots: readonly TreeNode[], options: RenderOptions = {}): string {
  const paint = paintFor(options.color === true);
  const width = Math.max(MIN_WIDTH, Math.floor(options.width ?? DEFAULT_WIDTH));
  const traces = new Map<string, TreeNode[]>();
  for (const root of roots) traces.set(root.span.traceId, [...(traces.get(root.span.traceId) ?? []), root]);
  return [...traces.values()].map((trees) => renderTrace(trees, width, paint)).join("\n\n");
}

function renderTrace(roots: readonly TreeNode[], width: number, paint: Paint): string {
  const rows = toRows(roots);
  const columns = measure(rows, width);
  const lines = rows.flatMap((row) => [renderSpan(row, columns, paint), ...renderError(row, width, paint)]);
  return [renderHeader(roots, width, paint), ...lines].join("\n");
}

function renderHeader(roots: readonly TreeNode[], width: number, paint: Paint): string {
  const { spans, errors, tokens, durationMs } = summarize(roots);
  const facts = [formatCounted(spans, "span"), formatDuration(durationMs)];
  if (tokens.total > 0) facts.push(formatCounted(tokens.total, "token"));
  const rest = GAP + facts.join(" · ");
  const problems = errors === 0 ? "" : ` · ${formatCounted(errors, "error")}`;
  const title = `trace ${toTerminalText(roots[0]?.span.traceId ?? "")}`;
  const clipped = clipColumns(title, Math.max(MIN_NAME, width - rest.length - problems.length));
  return paint.bold(clipped) + paint.dim(rest) + paint.red(problems);
}

function measure(rows: readonly TreeRow[], width: number): Columns {
  const spans = rows.map((row) => row.node.span);
  const counts = spans.map(tokensOf).filter((tokens) => tokens !== undefined);
  const type = widest(spans.map((span) => span.type));
  const duration = widest(spans.map((span) => formatDuration(span.durationMs)));
  const prompt = widest(counts.map((tokens) => formatCount(tokens.prompt)));
  const completion = widest(counts.map((tokens) => formatCount(tokens.completion)));
  const total = widest(counts.map((tokens) => formatCount(tokens.total)));
  const status = widest(spans.map((span) => statusWord(span.status)));
  const tokens = counts.length === 0 ? 0 : GAP.length + prompt + completion + total + 6;
  const others = GAP.length + type + GAP.length + duration + tokens + (status === 0 ? 0 : GAP.length + status);
  const name = widest(rows.map((row) => row.branch + toLabel(row.node)));
  return { name: Math.min(name, Math.max(MIN_NAME, width - others)), type, duration, prompt, completion, total };
}

function renderSpan({ branch, node }: TreeRow, columns: Columns, paint: Paint): string {
  const { span } = node;
  const room = Math.max(8, columns.name - branch.length);
  const label = padColumns(clipColumns(toLabel(node), room), room);
  const cells = [
    paint.dim(branch) + (span.status.code === "error" ? paint.red(label) : label),
    paint.dim(span.type.padEnd(columns.type)),
    formatDuration(span.durationMs).padStart(columns.duration),
  ];
  if (columns.total > 0) cells.push(renderTokens(tokensOf(span), columns, paint));
  const status = statusWord(span.status);
  const color = span.status.code === "error" ? paint.red : paint.yellow;
  return status === "" ? cells.join(GAP).trimEnd() : [...cells, color(status)].join(GAP);
}

function renderTokens(tokens: TokenCounts | undefined, columns: Columns, paint: Paint): string {
  if (tokens === undefined) return " ".repeat(columns.prompt + columns.completion + columns.total + 6);
  const prompt = formatCount(tokens.prompt).padStart(columns.prompt);
  const completion = formatCount(tokens.completion).padStart(columns.completion);
  const total = formatCount(tokens.total).padStart(columns.total);
  return prompt + paint.dim(" → ") + completion + paint.dim(" = ") + total;
}

function renderError({ below, node }: TreeRow, width: number, paint: Paint): string[] {
  const { status } = node.span;
  if (status.code !== "error") return [];
  const guide = `${below}${node.children.length > 0 ? "│" : " "}    `;
  const text = toTerminalText(`${status.error.type}: ${status.error.message}`);
  return [paint.dim(guide) + paint.red(clipColumns(text, Math.max(MIN_NAME, width - guide.length)))];
}

function toLabel({ span, orphan }: TreeNode): string {
  const name = toTerminalText(span.name).trim() || "(no name)";
  return orphan === true ? `${name} (parent missing)` : name;
}

function statusWord(status: SpanStatus): string {
  return status.code === "ok" ? "" : status.code;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0);
}
