import type { JsonObject, JsonValue, Span, SpanStatus } from "@portkey-tracing/core";
import { buildTree, modelOf, tokensOf, walk } from "@portkey-tracing/core/tree";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfSpan } from "../cost/span-cost.ts";
import { cachedTokensOf } from "../store/stats.ts";

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

/** The rows of a trace, in the order of its tree. */
export function toOutline(spans: Iterable<Span>, prices?: PriceFile): OutlineRow[] {
  return Array.from(walk(buildTree(spans)), ({ node, depth }) => {
    const { span } = node;
    return { ...toRow(span, prices), depth, ...(node.orphan === true ? { orphan: true as const } : {}) };
  });
}

function toRow(span: Span, prices: PriceFile | undefined): Omit<OutlineRow, "depth"> {
  const { spanId, name, type, startTimeMs, durationMs, status } = span;
  const row = { spanId, name, type, startTimeMs, durationMs, status: status.code, problem: problemOf(status) };
  const marks = span.marks.slice(0, MAX_MARKS).map((mark) => ({ name: mark.name, timeMs: mark.timeMs }));
  return withoutAbsent({
    ...row,
    ...modelFacts(span, prices),
    inferred: isInferred(span) ? true : undefined,
    marks: marks.length > 0 ? marks : undefined,
  });
}

function modelFacts(span: Span, prices: PriceFile | undefined): Partial<OutlineRow> {
  if (span.model === undefined) return {};
  const tokens = tokensOf(span);
  return withoutAbsent({
    model: modelOf(span),
    tokens:
      tokens === undefined
        ? undefined
        : { prompt: tokens.prompt, completion: tokens.completion, cached: cachedTokensOf(span) },
    usd: costOfSpan(span, prices)?.usd,
    timeToFirstTokenMs: span.model.timeToFirstTokenMs,
    cached: span.model.cached === true ? true : undefined,
  });
}

function problemOf(status: SpanStatus): string | undefined {
  if (status.code === "unfinished") return status.reason;
  const error = "error" in status ? status.error : undefined;
  return error === undefined ? undefined : `${error.type}: ${error.message}`.slice(0, MAX_PROBLEM_CHARACTERS);
}

function isInferred({ metadata, tags }: { metadata: Readonly<JsonObject>; tags: readonly string[] }): boolean {
  const said: JsonValue | undefined = metadata["inferred"];
  return said === true || said === "true" || tags.includes("inferred");
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without members that are `undefined`: JSON would leave them out too. */
function withoutAbsent<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<T>;
}
