import type { Span, StatusCode } from "@portkey-tracing/core";
import { isFailure, modelOf, tokensOf } from "@portkey-tracing/core/tree";
import { facetsOf, keepFacets, sessionOf, userOf } from "./facets.ts";
import { cachedTokensOf } from "./stats.ts";
import type { FeedbackSummary, ModelUsage, TraceStatus, TraceSummary } from "./store.ts";

/** What is kept of a trace, so that a list need not read its spans. Times in microseconds. */
export interface RollUp {
  readonly startUs: number;
  readonly endUs: number;
  readonly spans: number;
  readonly errors: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** By model, then by provider. */
  readonly usage: readonly ModelUsage[];
  /** When the first token of any answer came. */
  readonly firstTokenUs?: number | undefined;
  /** The root, or the earliest of several; until one has arrived the earliest span. */
  readonly head: Head;
  /** Of the earliest span that has one. */
  readonly user?: Said | undefined;
  readonly session?: Said | undefined;
  /** See `keepFacets`. */
  readonly facets: readonly string[];
}

/** The span that a trace takes its name from. */
export interface Head {
  readonly isRoot: boolean;
  readonly startUs: number;
  readonly spanId: string;
  readonly name: string;
  readonly status: StatusCode;
}

/** What a span says of its trace. */
export interface Said {
  readonly startUs: number;
  readonly spanId: string;
  readonly value: string;
}

const MAX_MODELS = 20;

/** Milliseconds with fractions as whole microseconds. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000);
}

/** Roll-up of a single span. */
export function rollUpOf(span: Span): RollUp {
  const startUs = toMicroseconds(span.startTimeMs);
  const tokens = tokensOf(span);
  const firstTokenMs = span.model?.timeToFirstTokenMs;
  const { spanId } = span;
  const said = (value: string | undefined): Said | undefined =>
    value === undefined ? undefined : { startUs, spanId, value };
  return {
    startUs,
    endUs: startUs + toMicroseconds(span.durationMs),
    spans: 1,
    errors: isFailure(span) ? 1 : 0,
    promptTokens: tokens?.prompt ?? 0,
    completionTokens: tokens?.completion ?? 0,
    totalTokens: tokens?.total ?? 0,
    usage: usageOf(span),
    firstTokenUs: firstTokenMs === undefined ? undefined : startUs + toMicroseconds(firstTokenMs),
    head: {
      isRoot: span.parentSpanId === undefined,
      startUs,
      spanId,
      name: span.name,
      status: span.status.code,
    },
    user: said(userOf(span)),
    session: said(sessionOf(span)),
    facets: keepFacets(facetsOf(span)),
  };
}

/** Roll-up of two sets of spans that have none in common. The order makes no difference. */
export function mergeRollUps(a: RollUp, b: RollUp): RollUp {
  return {
    startUs: Math.min(a.startUs, b.startUs),
    endUs: Math.max(a.endUs, b.endUs),
    spans: a.spans + b.spans,
    errors: a.errors + b.errors,
    promptTokens: add(a.promptTokens, b.promptTokens),
    completionTokens: add(a.completionTokens, b.completionTokens),
    totalTokens: add(a.totalTokens, b.totalTokens),
    usage: mergeUsage(a.usage, b.usage),
    firstTokenUs: least(a.firstTokenUs, b.firstTokenUs),
    head: isHeadBefore(a.head, b.head) ? a.head : b.head,
    user: earliest(a.user, b.user),
    session: earliest(a.session, b.session),
    facets: mergeFacets(a.facets, b.facets),
  };
}

/** What a list shows of a roll-up. */
export function toSummary(traceId: string, rollUp: RollUp, feedback?: FeedbackSummary): TraceSummary {
  const { startUs, endUs, firstTokenUs, user, session, head } = rollUp;
  return {
    traceId,
    name: head.name,
    startTimeMs: startUs / 1000,
    durationMs: (endUs - startUs) / 1000,
    status: statusOf(head),
    spans: rollUp.spans,
    errors: rollUp.errors,
    tokens: { prompt: rollUp.promptTokens, completion: rollUp.completionTokens, total: rollUp.totalTokens },
    models: [...new Set(rollUp.usage.map((one) => one.model))],
    usage: rollUp.usage,
    ...(firstTokenUs === undefined ? {} : { firstTokenMs: (firstTokenUs - startUs) / 1000 }),
    ...(user === undefined ? {} : { user: user.value }),
    ...(session === undefined ? {} : { session: session.value }),
    ...(feedback === undefined ? {} : { feedback }),
  };
}

/** Status of a trace by its head. */
export function statusOf({ isRoot, status }: Head): TraceStatus {
  return isRoot ? status : "open";
}

function usageOf(span: Span): ModelUsage[] {
  const model = modelOf(span);
  if (model === undefined) return [];
  const provider = span.model?.provider;
  const tokens = tokensOf(span);
  const { prompt = 0, completion = 0 } = tokens ?? {};
  const cached = tokens === undefined ? 0 : cachedTokensOf(span);
  return [{ model, ...(provider === undefined ? {} : { provider }), calls: 1, prompt, completion, cached }];
}

function mergeUsage(a: readonly ModelUsage[], b: readonly ModelUsage[]): readonly ModelUsage[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const sums = new Map<string, ModelUsage>();
  for (const one of [...a, ...b]) {
    const key = usageKey(one);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? one : addUsage(sum, one));
  }
  const sorted = [...sums].toSorted(([x], [y]) => (x < y ? -1 : 1)).map(([, sum]) => sum);
  return sorted.slice(0, MAX_MODELS);
}

function addUsage(a: ModelUsage, b: ModelUsage): ModelUsage {
  return {
    ...a,
    calls: a.calls + b.calls,
    prompt: add(a.prompt, b.prompt),
    completion: add(a.completion, b.completion),
    cached: add(a.cached, b.cached),
  };
}

function usageKey({ model, provider = "" }: ModelUsage): string {
  return `${model}\u0000${provider}`;
}

function mergeFacets(a: readonly string[], b: readonly string[]): readonly string[] {
  const known = new Set(a);
  const more = b.filter((facet) => !known.has(facet));
  return more.length === 0 ? a : keepFacets([...a, ...more]);
}

function isHeadBefore(a: Head, b: Head): boolean {
  return a.isRoot === b.isRoot ? isBefore(a, b) : a.isRoot;
}

function earliest(a: Said | undefined, b: Said | undefined): Said | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBefore(a, b) ? a : b;
}

function isBefore(a: Omit<Said, "value">, b: Omit<Said, "value">): boolean {
  return a.startUs === b.startUs ? a.spanId < b.spanId : a.startUs < b.startUs;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** Sums stay exact: beyond 2^53 they stand still. */
function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
