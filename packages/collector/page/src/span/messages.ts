import type { JsonObject, JsonValue } from "@portkey-tracing/core";

/** A message of a conversation, whatever framework or provider it comes from. */
export interface Message {
  readonly role: string;
  readonly name?: string;
  readonly parts: readonly Part[];
}

/** What a message consists of. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly id?: string; readonly input: JsonValue }
  | { readonly kind: "result"; readonly id?: string; readonly output: JsonValue }
  | { readonly kind: "other"; readonly type: string; readonly value: JsonValue };

/** A document that a retriever found. */
export interface RetrievedDocument {
  readonly id?: string;
  readonly score?: number;
  readonly text: string;
  readonly metadata?: JsonValue;
}

/** Messages of a request: `messages`, `input` of the Responses API, a `prompt`. */
export function requestMessages(input: JsonValue | undefined): Message[] | undefined {
  if (typeof input === "string") return undefined;
  if (!isObject(input)) return toMessages(input);
  const system = textOf(input["system"] ?? input["instructions"]);
  const before: Message[] = system === undefined ? [] : [{ role: "system", parts: [{ kind: "text", text: system }] }];
  const found = toMessages(input["messages"]) ?? toMessages(input["input"]) ?? promptMessages(input["prompt"]);
  return found === undefined ? undefined : [...before, ...found];
}

/** Messages of an answer: `choices` of chat and of completions, `output` of the Responses API, `messages` of an agent. */
export function answerMessages(output: JsonValue | undefined): Message[] | undefined {
  if (!isObject(output)) return toMessages(output);
  const { choices } = output;
  if (Array.isArray(choices) && choices.length > 0) {
    const found = choices.flatMap((choice) => (isObject(choice) ? choiceMessage(choice) : []));
    if (found.length > 0) return found;
  }
  return (
    toMessages(output["messages"]) ??
    toMessages(output["output"]) ??
    (isMessage(output) ? [toMessage(output)] : toMessages(output["message"]))
  );
}

/** Documents in what a retriever gave, whichever way they are written; `undefined` where there are none. */
export function documentsIn(output: JsonValue | undefined): RetrievedDocument[] | undefined {
  const list = Array.isArray(output) ? output : isObject(output) ? documentList(output) : undefined;
  if (list === undefined || list.length === 0) return undefined;
  const documents = list.map(toDocument);
  return documents.every((one) => one !== undefined) ? documents : undefined;
}

/** The text of what a person said or was told: of messages the last, else the one text that is there. */
export function plainText(value: JsonValue | undefined, side: "input" | "output"): string | undefined {
  if (typeof value === "string") return value;
  const messages = side === "input" ? requestMessages(value) : answerMessages(value);
  const spoken =
    messages?.findLast((message) => side === "output" || /^(user|human)$/.test(message.role)) ?? messages?.at(-1);
  const said = spoken?.parts.flatMap((part) => (part.kind === "text" ? part.text : [])).join("\n");
  if (said !== undefined && said !== "") return said;
  return isObject(value) ? textMember(value) : undefined;
}

const TEXT_MEMBERS = [
  "input",
  "output",
  "question",
  "query",
  "answer",
  "response",
  "result",
  "text",
  "content",
  "message",
];

function textMember(value: JsonObject): string | undefined {
  for (const name of TEXT_MEMBERS) {
    const member = value[name];
    if (typeof member === "string") return member;
  }
  const texts = Object.values(value).filter((member) => typeof member === "string");
  return texts.length === 1 ? texts[0] : undefined;
}

function toMessages(value: JsonValue | undefined): Message[] | undefined {
  if (isMessage(value)) return [toMessage(value)];
  if (!Array.isArray(value) || value.length === 0 || !value.some(isMessage)) return undefined;
  return value.map((one) =>
    isMessage(one) ? toMessage(one) : { role: typeof one === "string" ? "user" : "", parts: toParts(one) },
  );
}

function promptMessages(prompt: JsonValue | undefined): Message[] | undefined {
  const texts = Array.isArray(prompt) ? prompt : [prompt];
  return texts.every((text) => typeof text === "string")
    ? texts.map((text) => ({ role: "prompt", parts: [{ kind: "text", text }] }))
    : undefined;
}

function choiceMessage(choice: JsonObject): Message[] {
  if (isMessage(choice["message"])) return [toMessage(choice["message"])];
  return typeof choice["text"] === "string"
    ? [{ role: "assistant", parts: [{ kind: "text", text: choice["text"] }] }]
    : [];
}

function isMessage(value: JsonValue | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  if (typeof value["role"] === "string") return "content" in value || "tool_calls" in value || "parts" in value;
  return RESPONSE_ITEMS.has(textOf(value["type"]) ?? "");
}

/** Items of OpenAI's Responses API that have no role. */
const RESPONSE_ITEMS = new Set(["function_call", "function_call_output", "reasoning"]);

function toMessage(value: JsonObject): Message {
  const role =
    typeof value["role"] === "string" ? value["role"] : value["type"] === "function_call_output" ? "tool" : "assistant";
  const name = textOf(value["name"]);
  if (typeof value["role"] !== "string") return { role, parts: toParts(value) };
  const isResult = role === "tool" || role === "function";
  const id = textOf(value["tool_call_id"]);
  const parts: Part[] = [
    ...reasoningOf(value),
    ...(isResult && value["content"] !== undefined
      ? [{ kind: "result" as const, ...(id === undefined ? {} : { id }), output: parsed(value["content"]) }]
      : toParts(value["content"] ?? value["parts"] ?? null)),
    ...callsOf(value["tool_calls"]),
    ...(isObject(value["function_call"]) ? [toCall(value["function_call"])] : []),
    ...(typeof value["refusal"] === "string" ? [{ kind: "text" as const, text: value["refusal"] }] : []),
  ];
  return { role, ...(name === undefined ? {} : { name }), parts };
}

function reasoningOf(value: JsonObject): Part[] {
  const text = textOf(value["reasoning_content"]) ?? textOf(value["reasoning"]) ?? textOf(value["thinking"]);
  return text === undefined || text === "" ? [] : [{ kind: "reasoning", text }];
}

function callsOf(calls: JsonValue | undefined): Part[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((call) => (isObject(call) ? toCall(call) : { kind: "other", type: "tool call", value: call }));
}

function toCall(call: JsonObject): Part {
  const inner = isObject(call["function"]) ? call["function"] : call;
  const id = textOf(call["id"]) ?? textOf(call["call_id"]);
  const input = inner["arguments"] ?? inner["args"] ?? inner["input"] ?? null;
  return {
    kind: "call",
    name: textOf(inner["name"]) ?? "?",
    ...(id === undefined ? {} : { id }),
    input: parsed(input),
  };
}

function toParts(content: JsonValue): Part[] {
  if (content === null || content === "") return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (Array.isArray(content)) return content.flatMap(toParts);
  if (!isObject(content)) return [{ kind: "other", type: typeof content, value: content }];
  const type = textOf(content["type"]) ?? "";
  const text = textOf(content["text"]) ?? textOf(content["content"]);
  switch (type) {
    case "tool_use":
    case "tool_call":
    case "function_call":
      return [toCall(content)];
    case "tool_result":
    case "function_call_output":
      return [{ kind: "result", output: content["content"] ?? content["output"] ?? null }];
    case "thinking":
    case "reasoning":
      return [{ kind: "reasoning", text: reasoningText(content) }];
    default:
      return text === undefined ? [{ kind: "other", type: type || "part", value: content }] : [{ kind: "text", text }];
  }
}

function reasoningText(part: JsonObject): string {
  const { summary } = part;
  const summaries = Array.isArray(summary)
    ? summary.map((one) => (isObject(one) ? (textOf(one["text"]) ?? "") : ""))
    : [];
  return textOf(part["thinking"]) ?? textOf(part["reasoning"]) ?? textOf(part["text"]) ?? summaries.join("\n");
}

function documentList(output: JsonObject): JsonValue[] | undefined {
  const list = ["documents", "source_nodes", "sourceNodes", "nodes", "results", "output"]
    .map((name) => output[name])
    .find(Array.isArray);
  return list;
}

function toDocument(value: JsonValue): RetrievedDocument | undefined {
  if (!isObject(value)) return undefined;
  const inner = [value["node"], value["document"]].find(isObject) ?? value;
  const text =
    textOf(inner["pageContent"]) ?? textOf(inner["page_content"]) ?? textOf(inner["text"]) ?? textOf(inner["content"]);
  if (text === undefined || "role" in value) return undefined;
  const metadata = inner["metadata"];
  const id = textOf(inner["id"]) ?? textOf(inner["id_"]);
  const score = [value["score"], inner["score"], isObject(metadata) ? metadata["score"] : undefined].find(
    (one) => typeof one === "number",
  );
  return {
    text,
    ...(id === undefined ? {} : { id }),
    ...(score === undefined ? {} : { score }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** JSON that came as text, where it is an object or an array. */
function parsed(value: JsonValue): JsonValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value) || value.length > 1_000_000) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
