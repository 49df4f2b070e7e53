import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { OpenRun } from "./open-runs.ts";
import { withoutSecretsInAddresses } from "./secret-text.ts";
import type { ModelCall, Span, SpanStatus } from "./span.ts";

/** Makes the immutable span of a run that has ended. Pure. */
export function finishRun(run: OpenRun, spanId: string, status: SpanStatus, endTimeMs: number): Span {
  const { parentSpanId, input, output } = run;
  const model = withoutSecretsInAddress(withFirstToken(run));
  const span: { -readonly [K in keyof Span]: Span[K] } = {
    traceId: run.context.traceId,
    spanId,
    name: run.name,
    type: run.type,
    source: run.origin.source,
    startTimeMs: run.startTimeMs,
    durationMs: Math.max(0, endTimeMs - run.startTimeMs),
    status,
    marks: run.marks,
    tags: run.tags,
    metadata: run.metadata,
  };
  if (parentSpanId !== undefined) span.parentSpanId = parentSpanId;
  if (input !== undefined) span.input = model ? toBody(input, "input") : input;
  if (output !== undefined) span.output = model ? toBody(output, "output") : output;
  if (model !== undefined) span.model = model;
  return span;
}

/** Bodies of model calls are always objects. */
function toBody(value: JsonValue, key: string): JsonObject {
  return isJsonObject(value) ? value : { [key]: value };
}

function withFirstToken(run: OpenRun): ModelCall | undefined {
  const { model, firstTokenMs } = run;
  if (model === undefined || model.timeToFirstTokenMs !== undefined || !run.streamed) return model;
  if (firstTokenMs === undefined) return { ...model, streamed: true };
  return { ...model, streamed: true, timeToFirstTokenMs: Math.max(0, firstTokenMs - run.startTimeMs) };
}

/** The address of a call may come from a variable that holds a password, too. */
function withoutSecretsInAddress(model: ModelCall | undefined): ModelCall | undefined {
  return typeof model?.url === "string" ? { ...model, url: withoutSecretsInAddresses(model.url) } : model;
}

/** What a stream gave before it was left: the answer so far, in the shape of a whole one. */
export function partialOutput(run: OpenRun): JsonValue | undefined {
  if (run.model === undefined || (run.text.length === 0 && run.usage === undefined)) return undefined;
  const text = run.text.join("");
  const cut = run.textLength - text.length;
  const message = { role: "assistant", content: cut > 0 ? `${text}[truncated: ${cut} characters]` : text };
  const answer = { object: "chat.completion", choices: [{ index: 0, message, finish_reason: null }] };
  return run.usage === undefined ? answer : { ...answer, usage: { ...run.usage } };
}
