import { defined, type Fields, fieldsOf, listIn, textIn } from "../read.ts";

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

/** A message in OpenAI's shape. Content that is large and no text (images, audio) is described, not kept. */
export function toOpenAIMessage(message: unknown): unknown {
  if (!isMessage(message)) return message;
  const toolCalls = listIn(message["tool_calls"]).map(toToolCall);
  return defined({
    role: roleOf(message),
    content: toContent(message["content"]),
    name: textIn(message["name"]),
    tool_calls: toolCalls.length > 0 ? toolCalls : undefined,
    tool_call_id: textIn(message["tool_call_id"]),
    status: message["status"] === "error" ? "error" : undefined,
    refusal: textIn(fieldsOf(message["additional_kwargs"])["refusal"]),
    function_call: fieldsOf(message["additional_kwargs"])["function_call"],
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
  return { id, type: "function", function: { name, arguments: typeof args === "string" ? args : toJson(args) } };
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value ?? {});
  } catch {
    return "[unreadable arguments]";
  }
}

function toContent(content: unknown): unknown {
  return Array.isArray(content) ? content.map(toPart) : content;
}

/** Parts of a multimodal message. Text stays; inlined data gives way to its type and size. */
function toPart(part: unknown): unknown {
  const { type, ...fields } = fieldsOf(part);
  if (type === undefined || type === "text") return part;
  const kept = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, withoutData(value)]));
  return { type, ...kept };
}

function withoutData(value: unknown): unknown {
  if (typeof value === "string") return describeData(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(withoutData);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutData(inner)]));
}

/** `data:` addresses and long runs of base64, by type and size. */
function describeData(text: string): string {
  const header = /^data:([^;,]{1,100})[^,]{0,100},/.exec(text);
  if (header !== null) return `[${header[1]}: ${Math.floor(((text.length - header[0].length) * 3) / 4)} bytes]`;
  const isData = text.length > 256 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  return isData ? `[base64: ${Math.floor((text.length * 3) / 4)} bytes]` : text;
}
