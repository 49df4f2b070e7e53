import type { Surroundings } from "./begin-run.ts";
import { currentFrame, type Frame, runInFrame } from "./context.ts";
import type { SpanContext } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { activeOpenTelemetrySpan } from "./otel/active-span.ts";

/** For integrations: the id of the framework's run that encloses the code that runs now. Never throws. */
export type RunLocator = () => string | undefined;

/** What {@link Whereabouts} needs to know. */
export interface WhereaboutsOptions {
  /** Whose frames count. */
  readonly owner: object;
  readonly contextOf: (runId: string) => SpanContext | undefined;
  /** OpenTelemetry's active span is the parent of what has no other. */
  readonly openTelemetry: boolean;
}

/**
 * Where the code that runs now stands: inside a frame of ours, inside a run that a framework knows of, or both, one in
 * the other. A frame notes the run that it was made in, so that of the two the inner one is known.
 */
export class Whereabouts {
  private readonly options: WhereaboutsOptions;
  private readonly locators = new Set<RunLocator>();

  constructor(options: WhereaboutsOptions) {
    this.options = options;
  }

  locateBy(locator: RunLocator): void {
    this.locators.add(locator);
  }

  /** The span that encloses the code that runs now, as far as this tracing made it. */
  currentSpan(): SpanContext | undefined {
    const frame = currentFrame(this.options.owner);
    return this.innerRun(frame) ?? frame?.context;
  }

  /** Where a run that starts now hangs. */
  surroundings(): Surroundings | undefined {
    const frame = currentFrame(this.options.owner);
    const run = this.innerRun(frame);
    if (run !== undefined) return { parent: run, metadata: frame?.metadata };
    if (frame !== undefined) return { parent: frame.context, metadata: frame.metadata, within: frame.within };
    const foreign = this.options.openTelemetry ? activeOpenTelemetrySpan() : undefined;
    return foreign === undefined ? undefined : { parent: foreign };
  }

  /** Runs a function in a frame; without `metadata` it inherits that of the frame around it. */
  runInside<R>(context: SpanContext, metadata: Readonly<JsonObject> | undefined, fn: () => R): R {
    const { owner } = this.options;
    const inherited = metadata ?? currentFrame(owner)?.metadata ?? {};
    return runInFrame({ owner, context, metadata: inherited, within: this.run() }, fn);
  }

  /** The framework's run around the code that runs now. */
  private run(): string | undefined {
    for (const locate of this.locators) {
      const runId = locate();
      if (runId !== undefined) return runId;
    }
    return undefined;
  }

  /** The same, where it was traced here and has begun inside the innermost frame. */
  private innerRun(frame: Frame | undefined): SpanContext | undefined {
    const runId = this.run();
    return runId === undefined || runId === frame?.within ? undefined : this.options.contextOf(runId);
  }
}
