import type { EventOrigin, SpanContext, StartEvent } from "./event.ts";
import { toSpanId, toTraceId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { OpenRun, OpenRuns, OpenTrace } from "./open-runs.ts";
import type { Runtime } from "./runtime.ts";
import type { Snapshot } from "./snapshot.ts";
import { toSoundId, toSoundName, toSoundTags, toSoundType } from "./sound.ts";

/** What surrounds a run that starts: where it hangs when it has no parent run, and what it inherits. */
export interface Surroundings {
  readonly parent?: SpanContext | undefined;
  readonly metadata?: Readonly<JsonObject> | undefined;
  /** Id of a run that encloses `parent`: of the two, `parent` is the nearer one. */
  readonly within?: string | undefined;
}

/** What beginning a run needs to know and to reach. */
export interface RunSettings {
  readonly runtime: Runtime;
  /** Copies a value of the program into plain JSON. */
  readonly snapshot: (value: unknown, origin: EventOrigin) => Snapshot;
  /** Metadata of every span. */
  readonly metadata: Readonly<JsonObject>;
  /** Trace id of every root, where the user pinned one. */
  readonly traceId: string | undefined;
  readonly surroundings: () => Surroundings | undefined;
}

/** Where a new run hangs: under a run of this tracer, open or ended, or under a span of someone else. */
interface Parent {
  readonly context: SpanContext;
  readonly trace: OpenTrace | undefined;
  readonly run: OpenRun | undefined;
}

const NOTHING: Snapshot = { value: undefined, bytes: 0 };

/** Makes the run that a start event tells of. It is not among the open ones yet. */
export function beginRun(event: StartEvent, origin: EventOrigin, runs: OpenRuns, options: RunSettings): OpenRun {
  const now = options.runtime.now();
  const surroundings = event.detached === true ? undefined : options.surroundings();
  const parent = parentOf(event, surroundings, runs);
  const traceId = parent?.context.traceId ?? toSoundId(event.traceId) ?? options.traceId ?? toTraceId(event.runId);
  const hidden = event.hidden === true;
  const input = hidden ? NOTHING : options.snapshot(event.input, origin);
  const own = toMetadata(event.metadata, origin, options.snapshot);
  return {
    runId: event.runId,
    trace: parent?.trace ?? { open: new Set(), rootEnded: false, lastEventMs: now },
    parent: parent?.run,
    context: hidden ? withSpan(traceId, parent?.context.spanId) : { traceId, spanId: spanIdFor(event.runId, runs) },
    parentSpanId: parent?.context.spanId,
    copies: 1,
    last: undefined,
    isRoot: parent?.trace === undefined,
    hidden,
    origin,
    type: toSoundType(event.type),
    startTimeMs: now,
    name: toSoundName(event.name),
    input: input.value,
    output: undefined,
    model: event.model,
    tags: toSoundTags(event.tags),
    metadata: { ...ownCopy(options.metadata), ...surroundings?.metadata, ...own },
    marks: [],
    text: [],
    textLength: 0,
    chunks: 0,
    streamed: false,
    usage: undefined,
    begun: 0,
    toldTwice: 0,
    signal: event.signal,
    firstTokenMs: undefined,
    lastEventMs: now,
    bytes: input.bytes,
    requests: undefined,
    restsSinceMs: undefined,
  };
}

/** A parent run that was never seen counts as none: the handler may sit on an inner part only. */
function parentOf(event: StartEvent, surroundings: Surroundings | undefined, runs: OpenRuns): Parent | undefined {
  const { parentRunId } = event;
  const isFurtherIn = parentRunId !== undefined && surroundings?.within === parentRunId;
  if (isFurtherIn && surroundings.parent !== undefined) {
    return { context: surroundings.parent, trace: undefined, run: undefined };
  }
  if (parentRunId !== undefined) {
    const run = runs.get(parentRunId);
    if (run !== undefined) return { context: run.context, trace: run.trace, run };
    const ended = runs.getEnded(parentRunId);
    if (ended !== undefined) return { context: ended.context, trace: ended.trace, run: undefined };
  }
  const context = event.parent ?? (toSoundId(event.traceId) === undefined ? surroundings?.parent : undefined);
  return context === undefined ? undefined : { context, trace: undefined, run: undefined };
}

/** A run id that is used again stands for another span. */
function spanIdFor(runId: string, runs: OpenRuns): string {
  const ended = runs.getEnded(runId);
  return toSpanId(ended === undefined ? runId : `${runId}#${ended.count + 1}`);
}

/** Metadata of every span; each has a copy of its own, as a redactor may change what it is given. */
function ownCopy(metadata: Readonly<JsonObject>): Readonly<JsonObject> {
  const isFlat = Object.values(metadata).every((value) => typeof value !== "object" || value === null);
  return isFlat ? metadata : structuredClone(metadata);
}

/** A copy of metadata; what is none is left out. */
export function toMetadata(
  metadata: Readonly<Record<string, unknown>> | undefined,
  origin: EventOrigin,
  snapshot: RunSettings["snapshot"],
): JsonObject {
  const copy = metadata === undefined ? undefined : snapshot(metadata, origin).value;
  return typeof copy === "object" && copy !== null && !Array.isArray(copy) ? copy : {};
}

function withSpan(traceId: string, spanId: string | undefined): SpanContext {
  return spanId === undefined ? { traceId } : { traceId, spanId };
}
