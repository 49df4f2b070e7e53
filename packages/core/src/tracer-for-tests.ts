import { manualRuntime } from "./manual-runtime.ts";
import { DEFAULT_LIMITS, measuredSnapshot, type Snapshot } from "./snapshot.ts";
import type { Span } from "./span.ts";
import { Tracer, type TracerOptions } from "./tracer.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

const snapshot = (value: unknown): Snapshot => measuredSnapshot(value, { ...DEFAULT_LIMITS, ...WITHOUT_SECRETS });

/** A tracer whose spans are added to a list, with small bounds and a clock that stands still. */
export function tracerInto(spans: Span[], options: Partial<TracerOptions> = {}): Tracer {
  return new Tracer({
    runtime: manualRuntime(),
    snapshot,
    snapshotOfMark: snapshot,
    metadata: {},
    traceId: undefined,
    maxOpenRuns: 100,
    maxOpenBytes: 100_000,
    rootGraceMs: 1_000,
    idleLimitMs: 60_000,
    surroundings: () => undefined,
    onTruncated: () => undefined,
    onSpan: (span) => spans.push(span),
    ...options,
  });
}
