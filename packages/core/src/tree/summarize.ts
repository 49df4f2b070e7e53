import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { Span } from "../span.ts";
import { type TreeNode, walk } from "./build-tree.ts";

/** Tokens of a model call, or of several. */
export interface TokenCounts {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

/** What a tree comes to. */
export interface TreeSummary {
  readonly spans: number;
  /** Spans that failed, see {@link isFailure}. */
  readonly errors: number;
  /** Each model call counted once; answers from a cache spent none. */
  readonly tokens: TokenCounts;
  /** The models that were asked, sorted. */
  readonly models: readonly string[];
  /** Start of the first span, milliseconds since the Unix epoch; 0 where there is no span. */
  readonly startTimeMs: number;
  /** From the first start to the last end, milliseconds. */
  readonly durationMs: number;
}

/** No call has a trillion tokens, and sums of counts up to here are exact. */
const MAX_COUNT = 1_000_000_000_000;

/** Rolls up the spans of a tree, or of several. */
export function summarize(roots: readonly TreeNode[]): TreeSummary {
  const spans = Array.from(walk(roots), ({ node }) => node.span);
  const counts = spans.map(tokensOf).filter((tokens) => tokens !== undefined);
  const startTimeMs = spans.reduce((first, span) => Math.min(first, span.startTimeMs), Number.POSITIVE_INFINITY);
  const endTimeMs = spans.reduce((last, span) => Math.max(last, span.startTimeMs + span.durationMs), startTimeMs);
  return {
    spans: spans.length,
    errors: spans.filter(isFailure).length,
    tokens: counts.reduce(addTokens, { prompt: 0, completion: 0, total: 0 }),
    models: [...new Set(spans.map(modelOf).filter((model) => model !== undefined))].toSorted(),
    startTimeMs: spans.length === 0 ? 0 : startTimeMs,
    durationMs: spans.length === 0 ? 0 : endTimeMs - startTimeMs,
  };
}

/** True for a span that failed. An attempt is none by itself: what came of its call, the call says. */
export function isFailure({ type, status }: Pick<Span, "type" | "status">): boolean {
  return status.code === "error" && type !== "attempt";
}

/** Tokens that the span itself spent, or `undefined` where it called no model or the model did not say. */
export function tokensOf(span: Span): TokenCounts | undefined {
  const usage = span.model === undefined ? undefined : bodyOf(span.output)["usage"];
  if (!isJsonObject(usage) || span.model?.cached === true) return undefined;
  const prompt = toCount(usage["prompt_tokens"]);
  const completion = toCount(usage["completion_tokens"]);
  return { prompt, completion, total: toCount(usage["total_tokens"]) || prompt + completion };
}

/** The model that answered, else the one that was asked; `undefined` where the span called none. */
export function modelOf(span: Span): string | undefined {
  if (span.model === undefined) return undefined;
  const model = bodyOf(span.output)["model"] ?? bodyOf(span.input)["model"];
  return typeof model === "string" && model !== "" ? model : undefined;
}

function bodyOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function toCount(value: JsonValue | undefined): number {
  return typeof value === "number" && value >= 0 && value <= MAX_COUNT ? Math.trunc(value) : 0;
}

function addTokens(sum: TokenCounts, more: TokenCounts): TokenCounts {
  return {
    prompt: sum.prompt + more.prompt,
    completion: sum.completion + more.completion,
    total: sum.total + more.total,
  };
}
