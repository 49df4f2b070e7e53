import type { EventOrigin } from "./event.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { isSecretKey, withoutSecretMembers } from "./secret-keys.ts";
import { REDACTED, type SnapshotOptions, snapshot } from "./snapshot.ts";
import type { Span } from "./span.ts";

/** What is kept of inputs and outputs, and how much. */
export interface CapturePolicy {
  readonly inputs: boolean;
  readonly outputs: boolean;
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** Members of a model's request and answer that hold content; the others (model, parameters, usage) are always kept. */
const REQUEST_CONTENT: ReadonlySet<string> = new Set(["messages", "prompt", "input"]);
const RESPONSE_CONTENT: ReadonlySet<string> = new Set(["choices", "output", "output_text", "data"]);

/** Copies values of the program within the bounds; counts what was cut. */
export function createSnapshot(
  policy: CapturePolicy,
  onTruncated: () => void,
): (value: unknown, origin: EventOrigin) => JsonValue | undefined {
  const { maxBytes, maxDepth } = policy;
  const shared: SnapshotOptions = { maxBytes, maxDepth, isSecretKey, cleanText: withoutSecretMembers, onTruncated };
  const byOrigin = new WeakMap<EventOrigin, SnapshotOptions>();
  return (value, origin) => {
    let options = byOrigin.get(origin);
    if (options === undefined) {
      options = { ...shared, view: origin.view };
      byOrigin.set(origin, options);
    }
    return snapshot(value, options);
  };
}

/** Leaves out what must not be kept. */
export function applyCapture(span: Span, policy: CapturePolicy): Span {
  if (policy.inputs && policy.outputs) return span;
  const { input, output, ...rest } = span;
  const isModel = span.model !== undefined;
  const keptInput = policy.inputs ? input : isModel ? without(input, REQUEST_CONTENT) : undefined;
  const keptOutput = policy.outputs ? output : isModel ? without(output, RESPONSE_CONTENT) : undefined;
  return {
    ...rest,
    ...(keptInput === undefined ? {} : { input: keptInput }),
    ...(keptOutput === undefined ? {} : { output: keptOutput }),
    marks: policy.inputs && policy.outputs ? span.marks : span.marks.map(({ name, timeMs }) => ({ name, timeMs })),
  };
}

function without(body: JsonValue | undefined, keys: ReadonlySet<string>): JsonObject | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.has(key)));
}
