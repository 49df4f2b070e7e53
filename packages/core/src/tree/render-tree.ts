import type { Span, SpanStatus } from "../span.ts";
import { type TreeNode } from "./build-tree.ts";
import { formatCount, formatDuration } from "./format.ts";
import { type Paint, paintFor } from "./paint.ts";
import { summarize, type TokenCounts, tokensOf } from "./summarize.ts";
import { clipColumns, columnsOf, padColumns, toTerminalText } from "./terminal-text.ts";

/** How a tree is to be printed. */
export interface RenderOptions {
  /** ANSI colours; off unless asked for. */
  readonly color?: boolean | undefined;
  /** Columns of the terminal, at least 60; 100 unless told. */
  readonly width?: number | undefined;
}

interface Row {
  /** The branches in front of the name. */
  readonly branch: string;
  /** The branches in front of a line below it. */
  readonly below: string;
  readonly node: TreeNode;
}

interface Columns {
  readonly name: number;
  readonly type: number;
  readonly duration: number;
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

const MIN_WIDTH = 60;
const DEFAULT_WIDTH = 100;
const MAX_BRANCH = 40;
const GAP = "  ";

/**
 * A tree as text for a terminal, one line a span: name, type, duration, tokens (prompt → completion, total) and, where it
 * is not `ok`, the status. The first line of each trace sums it up. Whatever the spans contain is made harmless.
 * Ends without a line break.
 */
export function renderTree(roots: readonly TreeNode[], options: RenderOptions = {}): string {
  const paint = paintFor(options.color === true);
  const width = Math.max(MIN_WIDTH, options.width ?? DEFAULT_WIDTH);
  const traces = Map.groupBy(roots, (root) => root.span.traceId);
  return [...traces].map(([traceId, trees]) => renderTrace(traceId, trees, width, paint)).join("\n\n");
}

function renderTrace(traceId: string, roots: readonly TreeNode[], width: number, paint: Paint): string {
  const rows = toRows(roots);
  const columns = measure(rows, width);
  const lines = rows.flatMap((row) => [renderSpan(row, columns, width, paint), ...renderDetail(row, width, paint)]);
  return [renderHeader(traceId, roots, width, paint), ...lines].join("\n");
}

function renderHeader(traceId: string, roots: readonly TreeNode[], width: number, paint: Paint): string {
  const { spans, errors, tokens, durationMs } = summarize(roots);
  const facts = [counted(spans, "span"), formatDuration(durationMs)];
  if (tokens.total > 0) facts.push(counted(tokens.total, "token"));
  const problems = errors > 0 ? counted(errors, "error") : "";
  const rest = `${GAP}${facts.join(" · ")}`;
  const used = columnsOf(rest) + (problems === "" ? 0 : problems.length + 3);
  const id = clipColumns(`trace ${toTerminalText(traceId)}`, Math.max(16, width - used));
  return paint.bold(id) + paint.dim(rest) + (problems === "" ? "" : paint.dim(" · ") + paint.red(problems));
}

/** Flattens the tree, parents first, with the branches in front of each name. Without recursion. */
function toRows(roots: readonly TreeNode[]): Row[] {
  const rows: Row[] = [];
  const open: Row[] = roots.map((node) => ({ branch: "", below: "", node })).toReversed();
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    const { below, node } = row;
    const last = node.children.length - 1;
    for (let index = last; index >= 0; index--) {
      const child = node.children[index];
      if (child === undefined) continue;
      const [branch, guide] = index === last ? ["└─ ", "   "] : ["├─ ", "│  "];
      open.push({ branch: fit(below + branch), below: fit(below + guide), node: child });
    }
  }
  return rows;
}

/** Deep trees keep the innermost branches, behind a `…`. */
function fit(branch: string): string {
  return branch.length <= MAX_BRANCH ? branch : `…  ${branch.slice(branch.length - MAX_BRANCH + 3)}`;
}

function measure(rows: readonly Row[], width: number): Columns {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const spans = sample(rows.map((row) => row.node.span));
  const counts = spans.map(tokensOf).filter((tokens) => tokens !== undefined);
  const type = widest(spans.map((span) => span.type));
  const duration = widest(spans.map((span) => formatDuration(span.durationMs)));
  const prompt = widest(counts.map((tokens) => formatCount(tokens.prompt)));
  const completion = widest(counts.map((tokens) => formatCount(tokens.completion)));
  const total = widest(counts.map((tokens) => formatCount(tokens.total)));
  const status = widest(spans.map((span) => statusWord(span.status)));
  const tokenColumns = counts.length === 0 ? 0 : prompt + completion + total + 6 + GAP.length;
  const right = type + duration + tokenColumns + GAP.length * 2 + (status === 0 ? 0 : status + GAP.length);
  const names = Math.max(0, ...rows.map((row) => row.branch.length + columnsOf(labelOf(row.node))));
  return { name: Math.max(16, Math.min(names, width - right)), type, duration, prompt, completion, total };
}

/** Every span counts for the columns; spreading 100,000 of them into `Math.max` would not work. */
function sample<T>(items: readonly T[]): readonly T[] {
  return items.slice(0, 10_000);
}

function renderSpan({ branch, node }: Row, columns: Columns, width: number, paint: Paint): string {
  const { span } = node;
  const label = clipColumns(labelOf(node), columns.name - branch.length);
  const name = padColumns(label, columns.name - branch.length);
  const cells = [
    paint.dim(branch) + (span.status.code === "error" ? paint.red(name) : paint.bold(name)),
    paint.dim(span.type.padEnd(columns.type)),
    formatDuration(span.durationMs).padStart(columns.duration),
    ...renderTokens(tokensOf(span), columns, paint),
  ];
  const status = statusWord(span.status);
  if (status !== "") cells.push(span.status.code === "error" ? paint.red(status) : paint.yellow(status));
  void width;
  return cells.join(GAP).trimEnd();
}
