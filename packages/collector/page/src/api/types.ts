import type { Span } from "@portkey-tracing/core";
import type { Cost } from "../../../src/cost/cost.ts";
import type { TraceCost } from "../../../src/cost/span-cost.ts";
import type { Feedback, TraceSummary } from "../../../src/store/store.ts";
import type { Stats } from "../../../src/store/summarize-stats.ts";
import type { OutlineRow } from "../../../src/view/outline.ts";
import type { IntervalTotals, Totals } from "../../../src/view/totals.ts";

export type { Cost } from "../../../src/cost/cost.ts";
export type { TraceCost } from "../../../src/cost/span-cost.ts";
export type { Feedback, TraceStatus } from "../../../src/store/store.ts";
export type { OutlineRow } from "../../../src/view/outline.ts";
export type { Totals } from "../../../src/view/totals.ts";

/** A trace in the list, with what it cost. */
export type ListedTrace = TraceSummary & { readonly cost?: TraceCost };

/** `GET /api/traces`. */
export interface TraceListAnswer {
  readonly traces: readonly ListedTrace[];
  readonly nextCursor?: string;
  readonly incomplete?: true;
}

/** `GET /api/stats`. */
export interface StatsAnswer extends Stats {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
}

/** `GET /api/totals`. */
export interface TotalsAnswer {
  readonly totals: Totals;
  /** When the first and the last of the traces started. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
  readonly series: readonly IntervalTotals[];
  /** More match, or may. */
  readonly incomplete?: true;
}

/** `GET /api/traces/:traceId/outline`. */
export interface OutlineAnswer {
  readonly trace: ListedTrace;
  readonly rows: readonly OutlineRow[];
  readonly feedback: readonly Feedback[];
}

/** `GET /api/traces/:traceId/spans/:spanId`. */
export interface SpanAnswer {
  readonly span: Span;
  readonly cost?: Cost;
}
