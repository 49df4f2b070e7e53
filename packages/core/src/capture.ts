import type { EventOrigin } from "./event.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { measuredSnapshot, type Snapshot, type SnapshotOptions } from "./snapshot.ts";
import type { Span } from "./span.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

/** What is kept of inputs and outputs, and how much. */
export interface CapturePolicy {
  readonly inputs: boolean;
  readonly outputs: boolean;
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/**
 * Members of a model's request and answer that stay where content must not: parameters, names, counts. Lists of what is
 * allowed, as content has many names (`messages`, `prediction`, `instructions`, `contents`, …).
 */
const PARAMETERS: ReadonlySet<string> = new Set(
  `model temperature top_p top_k min_p max_tokens max_completion_tokens max_output_tokens maxOutputTokens n count
  dimensions encoding_format stop stop_sequences stopSequences frequency_penalty presence_penalty repetition_penalty
  seed logprobs top_logprobs logit_bias response_format tools tool_choice parallel_tool_calls functions function_call
  stream stream_options modalities reasoning reasoning_effort verbosity service_tier store truncation thinking strict
  num_ctx num_predict format inferenceConfig toolConfig generationConfig`
    .trim()
    .split(/\s+/),
);
const ANSWER_FACTS: ReadonlySet<string> = new Set(
  "id object created created_at model provider usage count dimensions system_fingerprint service_tier".split(" "),
);

/** Copies values of the program within the bounds; counts what was cut. */
export function createSnapshot(
  policy: CapturePolicy,
  onTruncated: () => void,
): (value: unknown, origin: EventOrigin) => Snapshot {
  const { maxBytes, maxDepth } = policy;
  const shared: SnapshotOptions = { maxBytes, maxDepth, ...WITHOUT_SECRETS, onTruncated };
  const byOrigin = new WeakMap<EventOrigin, SnapshotOptions>();
  return (value, origin) => {
    let options = byOrigin.get(origin);
    if (options === undefined) {
      options = { ...shared, view: origin.view };
      byOrigin.set(origin, options);
    }
    return measuredSnapshot(value, options);
  };
}

/** Leaves out what must not be kept. The messages of errors stay, as do names, tags and metadata. */
export function applyCapture(span: Span, policy: CapturePolicy): Span {
  if (policy.inputs && policy.outputs) return span;
  const { input, output, ...rest } = span;
  const isModel = span.model !== undefined;
  const keptInput = policy.inputs ? input : isModel ? only(PARAMETERS, input) : undefined;
  const keptOutput = policy.outputs ? output : isModel ? only(ANSWER_FACTS, output) : undefined;
  const isQuestion = !policy.outputs && span.status.code === "interrupted";
  return {
    ...rest,
    ...(isQuestion ? { status: { code: "interrupted" } } : {}),
    ...(keptInput === undefined ? {} : { input: keptInput }),
    ...(keptOutput === undefined ? {} : { output: keptOutput }),
    marks: span.marks.map(({ name, timeMs }) => ({ name, timeMs })),
  };
}

function only(names: ReadonlySet<string>, body: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(body)) return undefined;
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}
