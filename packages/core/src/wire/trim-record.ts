import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Cuts a value to so many bytes of text. */
export type Cut = (value: JsonValue, maxBytes: number) => JsonValue;

/** Short members that say what a model call was and cost; they are never cut. */
const KEPT = ["model", "id", "object", "usage"];

/**
 * The same record with less in its bodies: ids, times, status, model and usage stay, content is cut, and of what travels
 * beside the bodies only the marks and stacks go. `undefined` for what is no record. Pure.
 */
export function trimRecord(record: JsonValue, maxBytes: number, cut: Cut): JsonObject | undefined {
  if (!isJsonObject(record) || !isJsonObject(record["request"]) || !isJsonObject(record["response"])) return undefined;
  const { request, response } = record;
  const { tracing, ...answer } = bodyOf(response);
  const body = {
    ...trimBody(answer, maxBytes, cut),
    ...(isJsonObject(tracing) ? { tracing: trimTracing(tracing) } : {}),
  };
  return {
    ...record,
    request: { ...request, body: trimBody(bodyOf(request), maxBytes, cut) },
    response: { ...response, body },
  };
}

function bodyOf(part: JsonObject): JsonObject {
  return isJsonObject(part["body"]) ? part["body"] : {};
}

function trimBody(body: JsonObject, maxBytes: number, cut: Cut): JsonObject {
  const kept = Object.fromEntries(KEPT.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])));
  const content = Object.fromEntries(Object.entries(body).filter(([key]) => !KEPT.includes(key)));
  const less = cut(content, maxBytes);
  return { ...kept, ...(isJsonObject(less) ? less : { truncated: less }) };
}

function trimTracing({ marks: _marks, metadata: _metadata, ...rest }: JsonObject): JsonObject {
  const { status } = rest;
  if (!isJsonObject(status) || !isJsonObject(status["error"])) return rest;
  const { stack: _stack, cause: _cause, ...error } = status["error"];
  return { ...rest, status: { ...status, error } };
}
