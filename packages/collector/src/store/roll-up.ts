import type { Span, StatusCode } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";

/** What is kept of a trace, so that a list need not read its spans. Times in microseconds. */
export interface RollUp {
  readonly startUs: number;
  readonly endUs: number;
  readonly spans: number;
  readonly errors: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly models: readonly string[];
  /** The root, or the earliest of several; until one has arrived the earliest span. */
  readonly head: Head;
}

/** The span that a trace takes its name from. */
export interface Head {
  readonly isRoot: boolean;
  readonly startUs: number;
  readonly spanId: string;
  readonly name: string;
  readonly status: StatusCode;
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
  const model = modelOf(span);
  return {
    startUs,
    endUs: startUs + toMicroseconds(span.durationMs),
    spans: 1,
    errors: span.status.code === "error" ? 1 : 0,
    promptTokens: tokens?.prompt ?? 0,
    completionTokens: tokens?.completion ?? 0,
    totalTokens: tokens?.total ?? 0,
    models: model === undefined ? [] : [model],
    head: {
      isRoot: span.parentSpanId === undefined,
      startUs,
      spanId: span.spanId,
      name: span.name,
      status: span.status.code,
    },
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
    models: [...new Set([...a.models, ...b.models])].toSorted().slice(0, MAX_MODELS),
    head: isBefore(a.head, b.head) ? a.head : b.head,
  };
}

function isBefore(a: Head, b: Head): boolean {
  if (a.isRoot !== b.isRoot) return a.isRoot;
  return a.startUs === b.startUs ? a.spanId < b.spanId : a.startUs < b.startUs;
}

/** Sums stay exact: beyond 2^53 they stand still. */
function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
