import type { JsonObject, JsonValue, ModelCall, Span, SpanStatus } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfSpan } from "../cost/span-cost.ts";
import { cachedTokensOf } from "../store/stats.ts";
import type { TreeLine } from "../store/store.ts";

/** A span on its line of the tree: all that the page shows of it before it is picked, and no content. */
export interface OutlineRow {
  readonly spanId: string;
  readonly depth: number;
  /** It names a parent that is not there. */
  readonly orphan?: true;
  readonly name: string;
  readonly type: string;
  readonly startTimeMs: number;
  readonly durationMs: number;
  readonly status: SpanStatus["code"];
  /** `RangeError: no such order`, or why it is unfinished. */
  readonly problem?: string;
  readonly model?: string;
  readonly tokens?: { readonly prompt: number; readonly completion: number; readonly cached: number };
  /** US dollars; absent where it used no tokens, or its price is not known. */
  readonly usd?: number;
  readonly timeToFirstTokenMs?: number;
  /** The answer came from the framework's own cache. */
  readonly cached?: true;
  /** Not seen, but concluded from what a gateway answered: it has no time of its own. */
  readonly inferred?: true;
  readonly marks?: readonly { readonly name: string; readonly timeMs: number }[];
}

const MAX_PROBLEM_CHARACTERS = 300;
const MAX_MARKS = 20;

/**
 * A span on its line of the tree. Members are set one by one: a trace has tens of thousands of rows, and what is absent
 * is to be absent.
 */
export function toOutlineRow(span: Span, { depth, orphan }: TreeLine, prices?: PriceFile): OutlineRow {
  const { spanId, name, type, startTimeMs, durationMs, status, marks } = span;
  const row: Mutable<OutlineRow> = { spanId, depth, name, type, startTimeMs, durationMs, status: status.code };
  if (orphan) row.orphan = true;
  const problem = problemOf(status);
  if (problem !== undefined) row.problem = problem;
  if (span.model !== undefined) addModelFacts(row, span, span.model, prices);
  if (isInferred(span)) row.inferred = true;
  if (marks.length > 0) row.marks = marks.slice(0, MAX_MARKS).map((mark) => ({ name: mark.name, timeMs: mark.timeMs }));
  return row;
}

function addModelFacts(row: Mutable<OutlineRow>, span: Span, call: ModelCall, prices: PriceFile | undefined): void {
  const model = modelOf(span);
  if (model !== undefined) row.model = model;
  const tokens = tokensOf(span);
  if (tokens !== undefined) {
    row.tokens = { prompt: tokens.prompt, completion: tokens.completion, cached: cachedTokensOf(span) };
  }
  const cost = costOfSpan(span, prices);
  if (cost !== undefined) row.usd = cost.usd;
  if (call.timeToFirstTokenMs !== undefined) row.timeToFirstTokenMs = call.timeToFirstTokenMs;
  if (call.cached === true) row.cached = true;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function problemOf(status: SpanStatus): string | undefined {
  if (status.code === "unfinished") return status.reason;
  const error = "error" in status ? status.error : undefined;
  return error === undefined ? undefined : `${error.type}: ${error.message}`.slice(0, MAX_PROBLEM_CHARACTERS);
}

function isInferred({ metadata, tags }: { metadata: Readonly<JsonObject>; tags: readonly string[] }): boolean {
  const said: JsonValue | undefined = metadata["inferred"];
  return said === true || said === "true" || tags.includes("inferred");
}
