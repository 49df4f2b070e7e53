import type { Row } from "./rows.ts";

/** A stretch of time in which nothing else held the trace up. */
export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Task {
  readonly children: readonly Row[];
  readonly owner: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * What the end of the trace waited for, by row: going backwards in time, always the child that ended last; where no child
 * runs, the span itself. Shorten any of these and the trace is shorter; of all others that is not so.
 */
export function criticalPath(rows: readonly Row[]): ReadonlyMap<number, readonly Segment[]> {
  const segments = new Map<number, Segment[]>();
  const children = childrenByEnd(rows);
  const roots = children.get(-1) ?? [];
  const untilMs = roots.reduce((latest, root) => Math.max(latest, endOf(root)), Number.NEGATIVE_INFINITY);
  const open: Task[] = [{ children: roots, owner: -1, fromMs: Number.NEGATIVE_INFINITY, untilMs }];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    let cursor = task.untilMs;
    for (const child of task.children) {
      if (child.startTimeMs >= cursor || child.durationMs === 0 || cursor <= task.fromMs) continue;
      const childEnd = Math.min(endOf(child), cursor);
      if (childEnd <= task.fromMs) continue;
      add(segments, task.owner, childEnd, cursor);
      const fromMs = Math.max(child.startTimeMs, task.fromMs);
      open.push({ children: children.get(child.index) ?? [], owner: child.index, fromMs, untilMs: childEnd });
      cursor = fromMs;
    }
    add(segments, task.owner, task.fromMs, cursor);
  }
  return segments;
}

function childrenByEnd(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const children = new Map<number, Row[]>();
  for (const row of rows) {
    const known = children.get(row.parent);
    if (known === undefined) children.set(row.parent, [row]);
    else known.push(row);
  }
  for (const some of children.values()) some.sort((a, b) => endOf(b) - endOf(a));
  return children;
}

function add(segments: Map<number, Segment[]>, owner: number, fromMs: number, toMs: number): void {
  if (owner < 0 || toMs <= fromMs) return;
  const known = segments.get(owner);
  if (known === undefined) segments.set(owner, [{ fromMs, toMs }]);
  else known.push({ fromMs, toMs });
}

function endOf(row: Row): number {
  return row.startTimeMs + row.durationMs;
}
