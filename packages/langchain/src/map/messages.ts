import { defined, type Fields, fieldsOf, listIn, textIn } from "../read.ts";
import { readable } from "./readable.ts";
import { toArguments } from "./tool-arguments.ts";
import { withoutData } from "./without-data.ts";

/** What stands for a message that cannot be read. */
export const UNREADABLE: unknown = { role: "unknown", content: "[unreadable message]" };

const ROLES: Readonly<Record<string, string>> = {
  human: "user",
  ai: "assistant",
  system: "system",
  tool: "tool",
  function: "function",
  developer: "developer",
  remove: "remove",
};

/** True for LangChain's messages and their chunks, of any copy and version. */
export function isMessage(value: unknown): value is Fields {
  const fields = fieldsOf(value);
  return "content" in fields && (typeof fields["_getType"] === "function" || typeof fields["getType"] === "function");
}

/**
 * A message in OpenAI's shape. Content that is inlined and no text (images, audio, files) is described, and only kept where
 * `inlineMedia` is true. Never throws.
 */
export function toOpenAIMessage(message: unknown, inlineMedia = false): unknown {
  return readable(() => (isMessage(message) ? convert(message, inlineMedia) : message), UNREADABLE);
}

function convert(message: Fields, inlineMedia: boolean): unknown {
  // Calls whose arguments are no JSON stand apart in LangChain; the model made them all the same.
  const toolCalls = [...listIn(message["tool_calls"]), ...listIn(message["invalid_tool_calls"])].map(toToolCall);
  const more = fieldsOf(message["additional_kwargs"]);
  return defined({
    role: roleOf(message),
    content: toContent(message["content"], toolCalls.length > 0, inlineMedia),
    name: textIn(message["name"]),
    tool_calls: toolCalls.length > 0 ? toolCalls : undefined,
    tool_call_id: textIn(message["tool_call_id"]),
    status: message["status"] === "error" ? "error" : undefined,
    refusal: textIn(more["refusal"]),
    reasoning_content: textIn(more["reasoning_content"]),
    function_call: more["function_call"],
  });
}

function roleOf(message: Fields): string {
  const read = message["getType"] ?? message["_getType"];
  const type = typeof read === "function" ? String(read.call(message)) : "generic";
  return ROLES[type] ?? textIn(message["role"]) ?? type;
}

/** A tool call as OpenAI has it: its arguments are JSON text. */
function toToolCall(call: unknown): unknown {
  const { id, name, args } = fieldsOf(call);
  return { id, type: "function", function: { name, arguments: toArguments(args) } };
}

/**
 * Parts of a multimodal message. Text stays; inlined data gives way to its type and size. A provider's own form of tool
 * calls goes, as they stand in `tool_calls`.
 */
function toContent(content: unknown, hasToolCalls: boolean, inlineMedia: boolean): unknown {
  if (!Array.isArray(content)) return content;
  const parts: unknown[] = hasToolCalls ? content.filter((part) => !isToolCall(part)) : content;
  return inlineMedia ? parts : parts.map((part) => (isText(part) ? part : withoutData(part)));
}

function isText(part: unknown): boolean {
  const { type } = fieldsOf(part);
  return type === undefined || type === "text";
}

function isToolCall(part: unknown): boolean {
  const { type } = fieldsOf(part);
  return type === "tool_use" || type === "functionCall" || type === "input_json_delta";
}
