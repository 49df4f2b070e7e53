import { hasProblem, isProblem, type Row } from "./rows.ts";

/** Traces with more spans are shown with their deeper levels closed. */
const LARGE = 500;
const OPEN_LEVELS = 2;

/** What the reader asks to see. */
export interface Wish {
  /** Rows that were opened or closed by hand, by span id. */
  readonly opened: ReadonlyMap<string, boolean>;
  /** Only these types; all where none is named. */
  readonly types: ReadonlySet<string>;
  /** Only spans that failed or have not ended. */
  readonly onlyProblems: boolean;
}

/** A row that is shown. */
export interface Shown {
  readonly row: Row;
  readonly isOpen: boolean;
  /** It stands there only to lead to others. */
  readonly isAside: boolean;
}

/** True where what stands below a row is shown, unless told otherwise: all of small traces, and the way to each problem. */
export function isOpenAtFirst(row: Row, count: number): boolean {
  return count <= LARGE || row.depth < OPEN_LEVELS - 1 || hasProblem(row);
}

/** The rows to be shown, in order. Where something is filtered, what leads to it is shown too, open. */
export function toVisible(rows: readonly Row[], { opened, types, onlyProblems }: Wish): Shown[] {
  const isFiltered = types.size > 0 || onlyProblems;
  const isMeant = (row: Row): boolean => (types.size === 0 || types.has(row.type)) && (!onlyProblems || isProblem(row));
  const leads = isFiltered ? leadsTo(rows, isMeant) : undefined;
  const shown: Shown[] = [];
  for (let index = 0; index < rows.length; ) {
    const row = rows[index] as Row;
    if (leads !== undefined && leads[index] === 0) {
      index = row.end;
      continue;
    }
    const isOpen = opened.get(row.spanId) ?? (isFiltered || isOpenAtFirst(row, rows.length));
    shown.push({ row, isOpen, isAside: isFiltered && !isMeant(row) });
    index = isOpen ? index + 1 : row.end;
  }
  return shown;
}

/** For each row: how many rows are meant in it and below. */
function leadsTo(rows: readonly Row[], isMeant: (row: Row) => boolean): Uint32Array {
  const counts = new Uint32Array(rows.length);
  for (const row of rows.toReversed()) {
    const own = (counts[row.index] ?? 0) + (isMeant(row) ? 1 : 0);
    counts[row.index] = own;
    if (row.parent >= 0) counts[row.parent] = (counts[row.parent] ?? 0) + own;
  }
  return counts;
}
