import { isLive, read, readList, readText } from "../shapes.ts";
import { toText } from "./views.ts";

/** LlamaIndex's chat messages in OpenAI's shape. */
export function toMessages(messages: unknown): readonly unknown[] {
  return Array.isArray(messages) ? messages.map(toMessage) : [];
}

/** One chat message in OpenAI's shape. Pure; shares no object that holds more than text. */
export function toMessage(message: unknown): unknown {
  const options = read(message, "options");
  const content = read(message, "content");
  const result = read(options, "toolResult");
  if (isLive(result)) return { role: "tool", tool_call_id: read(result, "id"), content: toText(content) };
  const role = readText(message, "role") ?? "user";
  const calls = toToolCalls(readList(options, "toolCall"));
  if (calls.length > 0) return { role: "assistant", content: toText(content), tool_calls: calls };
  return { role: ROLES[role] ?? role, content: Array.isArray(content) ? content.map(toPart) : content };
}

const ROLES: Readonly<Record<string, string>> = { memory: "system", developer: "developer" };

/** Tool calls in OpenAI's shape: arguments are JSON text. */
export function toToolCalls(calls: readonly unknown[]): readonly unknown[] {
  return calls.map((call) => {
    const name = read(call, "name");
    return { id: read(call, "id"), type: "function", function: { name, arguments: toArguments(read(call, "input")) } };
  });
}

function toArguments(input: unknown): unknown {
  if (typeof input === "string") return input;
  try {
    return JSON.stringify(input) ?? "";
  } catch {
    // Not JSON: it is kept as far as it can be read.
    return input;
  }
}

/** A part of a message: media are named, not sent. */
function toPart(part: unknown): unknown {
  const data = read(part, "data");
  if (data === undefined) return part;
  const size = typeof data === "string" ? `${data.length} characters` : "binary";
  return { type: readText(part, "type") ?? "file", mime_type: read(part, "mimeType"), data: `[${size}]` };
}
