import type { Span } from "../span.ts";

/** A span with what happened inside it. */
export interface TreeNode {
  readonly span: Span;
  /** By start, then by id. */
  readonly children: readonly TreeNode[];
  /** A root that names a parent which is not there: not arrived, lost, or (in hostile data) below itself. */
  readonly orphan?: true;
}

interface OpenNode {
  readonly span: Span;
  readonly children: OpenNode[];
  orphan?: true;
}

/**
 * Arranges spans by parent, for people: each distinct span once, whatever the order they came in. Of a span that comes
 * twice the first counts, and its end before its being unfinished. Spans of several traces may come together; a parent
 * is looked for in its own trace. Bounded by the number of spans at any depth and for any parent ids, cycles too.
 */
export function buildTree(spans: Iterable<Span>): TreeNode[] {
  const nodes = new Map<string, OpenNode>();
  for (const span of [...spans].toSorted(byStart)) {
    const key = keyOf(span.traceId, span.spanId);
    const known = nodes.get(key);
    if (known === undefined || supersedes(span, known.span)) nodes.set(key, { span, children: [] });
  }
  const roots: OpenNode[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node, nodes);
    if (parent !== undefined) parent.children.push(node);
    else roots.push(node);
    if (parent === undefined && node.span.parentSpanId !== undefined) node.orphan = true;
  }
  return [...roots, ...cutCycles(nodes, roots)].toSorted((a, b) => byStart(a.span, b.span));
}

function supersedes(span: Span, known: Span): boolean {
  return known.status.code === "unfinished" && span.status.code !== "unfinished";
}

/** All nodes of a tree, each parent before its children, without recursion. */
export function* walk(roots: readonly TreeNode[]): Generator<{ node: TreeNode; depth: number }> {
  const open = roots.map((node) => ({ node, depth: 0 })).toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const { node, depth } = next;
    for (const child of node.children.toReversed()) open.push({ node: child, depth: depth + 1 });
  }
}

/** What no root leads to hangs in a cycle: its earliest span is cut loose and made a root. */
function cutCycles(nodes: ReadonlyMap<string, OpenNode>, roots: readonly OpenNode[]): OpenNode[] {
  const reached = new Set<TreeNode>();
  for (const { node } of walk(roots)) reached.add(node);
  const cut: OpenNode[] = [];
  for (const node of nodes.values()) {
    if (reached.has(node)) continue;
    const start = earliestInCycle(node, nodes);
    const siblings = parentOf(start, nodes)?.children ?? [];
    siblings.splice(siblings.indexOf(start), 1);
    start.orphan = true;
    cut.push(start);
    for (const below of walk([start])) reached.add(below.node);
  }
  return cut;
}

/** Follows the parents of a node that no root leads to, until they repeat. */
function earliestInCycle(node: OpenNode, nodes: ReadonlyMap<string, OpenNode>): OpenNode {
  const seen = new Set<OpenNode>();
  let next: OpenNode | undefined = node;
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    next = parentOf(next, nodes);
  }
  const ring = [...seen];
  const cycle = next === undefined ? ring : ring.slice(ring.indexOf(next));
  return cycle.reduce((first, other) => (byStart(other.span, first.span) < 0 ? other : first));
}

function parentOf({ span }: OpenNode, nodes: ReadonlyMap<string, OpenNode>): OpenNode | undefined {
  return span.parentSpanId === undefined ? undefined : nodes.get(keyOf(span.traceId, span.parentSpanId));
}

/** Ids may be any text, so the lengths keep two pairs apart. */
function keyOf(traceId: string, spanId: string): string {
  return `${traceId.length}:${traceId}${spanId}`;
}

function byStart(a: Span, b: Span): number {
  return a.startTimeMs - b.startTimeMs || (a.spanId < b.spanId ? -1 : Number(a.spanId > b.spanId));
}
