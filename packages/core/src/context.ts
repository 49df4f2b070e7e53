import { type Storage, sharedStorage } from "./async-storage.ts";
import type { SpanContext } from "./event.ts";
import type { JsonObject } from "./json.ts";

/** What encloses the code that runs now. Frames are immutable and linked from the inside out. */
export interface Frame {
  /** The tracing that made it; frames of another one are passed over. */
  readonly owner: object;
  readonly context: SpanContext;
  readonly metadata: Readonly<JsonObject>;
  /** The run of a framework, by its id, inside which the frame was made: the frame is further in than that run. */
  readonly within: string | undefined;
  readonly outer: Frame | undefined;
}

/** What a new frame says. */
export type FrameContent = Pick<Frame, "owner" | "context" | "metadata" | "within">;

function storage(): Storage<Frame> | undefined {
  return sharedStorage<Frame>("context.v1");
}

/** The innermost frame that `owner` made around the code that runs now. */
export function currentFrame(owner: object): Frame | undefined {
  let frame = storage()?.getStore();
  while (frame !== undefined && frame.owner !== owner) frame = frame.outer;
  return frame;
}

/**
 * Runs a function with a frame around it and everything that it starts.
 * Where the platform has no async context, the function runs without one.
 */
export function runInFrame<R>({ owner, context, metadata, within }: FrameContent, fn: () => R): R {
  const current = storage();
  if (current === undefined) return fn();
  return current.run({ owner, context, metadata, within, outer: current.getStore() }, fn);
}
