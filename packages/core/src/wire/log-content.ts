import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { type ModelCall, SPAN_TYPES, type SpanSource, type SpanType } from "../span.ts";
import { type LogProblem, textOf } from "./log-fields.ts";
import { isDuration } from "./log-times.ts";

/** The two halves of a log, read. */
export interface LogBodies {
  readonly url: string | undefined;
  readonly requestBody: JsonObject;
  readonly responseBody: JsonObject;
}

const SOURCES: readonly SpanSource[] = ["Langchain", "LlamaIndex", "Portkey"];

/** The type that `source_metadata` names, else what the address and the bodies say. */
export function readType(named: JsonValue | undefined, { url, requestBody, responseBody }: LogBodies): SpanType {
  const known = toSpanType(named) ?? toSpanType(url?.split("/").at(-1));
  if (known !== undefined) return known;
  if (url?.includes("/embeddings") === true) return "embedding";
  const asksModel = ["messages", "prompt", "contents"].some((key) => requestBody[key] !== undefined);
  return asksModel || isJsonObject(responseBody["usage"]) ? "llm" : "span";
}

/** The source as this library spells it, or `undefined` where it is another. */
export function readSource(value: JsonValue | undefined): SpanSource | undefined {
  const text = textOf(value)?.toLowerCase();
  return SOURCES.find((source) => source.toLowerCase() === text);
}

/** True for the types that stand for a call to a model, see {@link ModelCall}. */
export function isModelType(type: SpanType): boolean {
  return type === "llm" || type === "embedding";
}

/** What the log of a model call says of the call. `streamingMode: false` is read as absent. */
export function readModel(
  url: string | undefined,
  request: JsonObject,
  response: JsonObject,
  tracing: JsonObject | undefined,
): ModelCall {
  const provider = textOf(request["provider"]);
  const firstTokenMs = tracing?.["time_to_first_token_ms"];
  const cached = tracing?.["cached"];
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(url === undefined ? {} : { url }),
    ...(response["streamingMode"] === true ? { streamed: true } : {}),
    ...(typeof cached === "boolean" ? { cached } : {}),
    ...(isDuration(firstTokenMs) ? { timeToFirstTokenMs: firstTokenMs } : {}),
  };
}

/** What stands in a body: the body itself for a model call, else the one member that wraps the value. */
export function readValue(body: JsonObject, wrapper: "input" | "output", isModel: boolean): JsonValue | undefined {
  const keys = Object.keys(body);
  if (keys.length === 0) return undefined;
  return !isModel && keys.length === 1 && keys[0] === wrapper ? body[wrapper] : body;
}

/** The strings of a list; what is no list of strings is refused. */
export function readTags(value: JsonValue | undefined, path: string, problems: LogProblem[]): string[] {
  if (value === undefined || value === null) return [];
  const tags = Array.isArray(value) ? value.filter((tag) => typeof tag === "string") : [];
  if (!Array.isArray(value) || tags.length < value.length) problems.push({ path, reason: "expected list of strings" });
  return tags;
}

function toSpanType(value: JsonValue | undefined): SpanType | undefined {
  return SPAN_TYPES.find((type) => type === value);
}
