import type { JsonObject, JsonValue } from "@portkey-tracing/core";
import { isObject } from "../json.ts";
import type { OtlpSpan } from "./otlp-span.ts";

/** Where the messages of a call may stand. */
export interface MessagePlaces {
  readonly span: OtlpSpan;
  /** Parts of a system message. */
  readonly instructions?: JsonValue | undefined;
  /** A list of messages with parts, or the JSON text of one; or a text. */
  readonly list: JsonValue | undefined;
  /** `<prefix>.<n>.role`, `<prefix>.<n>.content`, also with `message.` before them. */
  readonly prefixes: readonly string[];
}

/** Indexed attributes beyond this many messages are not read. */
const MAX_INDEXED = 1_000;

/** Messages in OpenAI's shape, with `finish_reason` where a message has one. */
export function toMessages({ span, instructions, list, prefixes }: MessagePlaces): JsonObject[] {
  const system = parse(instructions);
  const parts = Array.isArray(system) ? textOf(system) : typeof system === "string" ? system : "";
  const first = parts === "" ? [] : [{ role: "system", content: parts }];
  const said = parse(list);
  if (Array.isArray(said)) return [...first, ...said.flatMap(toMessage)];
  if (typeof said === "string") return [...first, { role: "user", content: said }];
  return [...first, ...prefixes.flatMap((prefix) => readIndexed(span.attributes, prefix))];
}

function toMessage(value: JsonValue): JsonObject[] {
  if (!isObject(value)) return [];
  const { role = "user", parts, finish_reason: reason } = value;
  const end = reason === undefined ? {} : { finish_reason: reason };
  if (!Array.isArray(parts)) return [value];
  const objects = parts.filter(isObject);
  const responses = objects.filter((part) => part["type"] === "tool_call_response");
  const calls = objects.filter((part) => part["type"] === "tool_call").map(toToolCall);
  const reasoning = textOf(objects.filter((part) => part["type"] === "reasoning"));
  const others = objects.filter((part) => !KNOWN_PARTS.some((type) => type === part["type"]));
  const text = textOf(objects.filter((part) => part["type"] === "text"));
  const answers = responses.map((part) => ({
    role: "tool",
    tool_call_id: part["id"] ?? null,
    content: toText(part["response"] ?? part["result"] ?? null),
  }));
  if (answers.length > 0 && calls.length === 0 && text === "" && others.length === 0) return answers;
  const message = {
    role,
    content: others.length > 0 ? [...(text === "" ? [] : [{ type: "text", text }]), ...others] : text,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...end,
  };
  return [message, ...answers];
}

const KNOWN_PARTS = ["text", "tool_call", "tool_call_response", "reasoning"];

function toToolCall(part: JsonObject): JsonObject {
  const call = { name: part["name"] ?? "", arguments: toText(part["arguments"] ?? {}) };
  return { id: part["id"] ?? null, type: "function", function: call };
}

function textOf(parts: readonly JsonValue[]): string {
  const texts = parts.map((part) => (isObject(part) ? (part["content"] ?? part["text"]) : part));
  return texts.filter((text) => typeof text === "string").join("\n");
}

function toText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readIndexed(attributes: JsonObject, prefix: string): JsonObject[] {
  const messages: JsonObject[] = [];
  for (let index = 0; index < MAX_INDEXED; index++) {
    const at = (name: string): JsonValue | undefined =>
      attributes[`${prefix}.${index}.${name}`] ?? attributes[`${prefix}.${index}.message.${name}`];
    const [role, content] = [at("role"), at("content")];
    if (role === undefined && content === undefined) break;
    const reason = at("finish_reason");
    messages.push({
      role: role ?? "assistant",
      content: content ?? "",
      ...(reason === undefined ? {} : { finish_reason: reason }),
    });
  }
  return messages;
}

function parse(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    const json: JsonValue = JSON.parse(value);
    return json;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}
