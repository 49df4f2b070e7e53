import type { OutlineRow } from "../api/types.ts";

/** A span on its line, with what stands below it. */
export interface Row extends OutlineRow {
  readonly index: number;
  /** Index of the row above it in the tree; −1 for a root. */
  readonly parent: number;
  /** Index behind the last row below it. */
  readonly end: number;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  /** This span and all below it. */
  readonly sum: Sum;
  /** By how much it starts before its parent, which cannot be: two clocks differ. */
  readonly earlyMs?: number;
  /** By how much it starts after its parent has ended: work that nobody waited for. */
  readonly lateMs?: number;
}

/** Spans, problems, tokens and cost of a subtree. */
export interface Sum {
  spans: number;
  errors: number;
  unfinished: number;
  tokens: number;
  /** US dollars; `undefined` where no price is known. */
  usd: number | undefined;
  /** Some tokens have no known price. */
  isPartial: boolean;
}

/** Clocks of one machine are right to this many milliseconds. */
const TOLERANCE_MS = 1;

/** Arranges the rows of an outline, which come in the order of the tree. */
export function toRows(outline: readonly OutlineRow[]): Row[] {
  const rows = outline.map(
    (row, index): Building => ({
      ...row,
      index,
      parent: -1,
      end: index + 1,
      position: 1,
      siblings: 1,
      sum: sumOf(row),
    }),
  );
  const counts = placeAll(rows);
  for (const row of rows) row.siblings = counts.get(row.parent) ?? 1;
  for (const row of rows.toReversed()) addToParent(row, rows[row.parent]);
  return rows;
}

type Building = { -readonly [K in keyof Row]: Row[K] };

/** Finds parents by depth; returns how many children each has. */
function placeAll(rows: readonly Building[]): ReadonlyMap<number, number> {
  const path: number[] = [];
  const counts = new Map<number, number>();
  for (const row of rows) {
    path.length = row.depth;
    row.parent = path[row.depth - 1] ?? -1;
    path[row.depth] = row.index;
    row.position = (counts.get(row.parent) ?? 0) + 1;
    counts.set(row.parent, row.position);
    compareTimes(row, rows[row.parent]);
  }
  return counts;
}

function compareTimes(row: Building, parent: Building | undefined): void {
  if (parent === undefined || row.inferred === true) return;
  const early = parent.startTimeMs - row.startTimeMs;
  const late = row.startTimeMs - (parent.startTimeMs + parent.durationMs);
  if (early > TOLERANCE_MS) row.earlyMs = early;
  if (late > TOLERANCE_MS) row.lateMs = late;
}

function sumOf(row: OutlineRow): Sum {
  const tokens = (row.tokens?.prompt ?? 0) + (row.tokens?.completion ?? 0);
  return {
    spans: 1,
    errors: hasFailed(row) ? 1 : 0,
    unfinished: row.status === "unfinished" ? 1 : 0,
    tokens,
    usd: row.usd,
    isPartial: tokens > 0 && row.usd === undefined,
  };
}

function addToParent({ sum, end }: Building, parent: Building | undefined): void {
  if (parent === undefined) return;
  parent.end = Math.max(parent.end, end);
  const whole = parent.sum;
  whole.spans += sum.spans;
  whole.errors += sum.errors;
  whole.unfinished += sum.unfinished;
  whole.tokens += sum.tokens;
  whole.isPartial ||= sum.isPartial;
  if (sum.usd !== undefined) whole.usd = (whole.usd ?? 0) + sum.usd;
}

/** True where something below a row, or itself, failed or has not ended. */
export function hasProblem({ sum }: Row): boolean {
  return sum.errors > 0 || sum.unfinished > 0;
}

/** True where the span itself failed, or its end was not seen. */
export function isProblem(row: Row): boolean {
  return hasFailed(row) || row.status === "unfinished";
}

/** What came of an attempt, its call says: as in all sums of the collector, see `isFailure` of core. */
function hasFailed({ type, status }: OutlineRow): boolean {
  return status === "error" && type !== "attempt";
}

/** Rows on the way from a root to this one, without it. */
export function ancestorsOf(rows: readonly Row[], index: number): number[] {
  const above: number[] = [];
  for (let at = rows[index]?.parent ?? -1; at >= 0; at = rows[at]?.parent ?? -1) above.push(at);
  return above.toReversed();
}
