import type { Usage } from "@portkey-tracing/core";
import type { Reported } from "../http/reported.ts";
import { isLive, read, readList, readText } from "../shapes.ts";
import { toToolCalls } from "./messages.ts";
import { toPlainRaw } from "./raw.ts";
import { toUsage } from "./usage.ts";
import { toText } from "./views.ts";

interface Answer {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly content: string | null;
  readonly toolCalls: readonly unknown[];
  readonly finishReason: string | null;
  readonly usage: Usage | undefined;
}

/** A chat's answer in OpenAI's shape, from LlamaIndex's `ChatResponse`; without its tokens where they count elsewhere. */
export function toChatAnswer(response: unknown, model: string, counts = true): unknown {
  const raw = toPlainRaw(read(response, "raw"));
  const message = read(response, "message");
  const text = toText(read(message, "content"));
  const toolCalls = toToolCalls(readList(read(message, "options"), "toolCall"));
  return toCompletion({
    id: idOf(raw),
    model: modelOf(raw) ?? model,
    content: text === "" && toolCalls.length > 0 ? null : text,
    toolCalls,
    finishReason: toFinishReason(raw, toolCalls.length > 0),
    usage: counts ? toUsage(raw) : undefined,
  });
}

/** The answer of a stream, gathered from its chunks: the chunks' raw form is many times the text, and is not kept. */
export class StreamedAnswer {
  private id: string | undefined;
  private model: string | undefined;
  private finishReason: string | null = null;
  private usage: Usage | undefined;
  private text: string[] = [];
  private length = 0;
  private readonly calls = new Map<string, unknown>();

  /**
   * Adds a `ChatResponseChunk`, and its tokens unless they count elsewhere; gives its text, and whether it brought a
   * piece of a tool call.
   */
  add(chunk: unknown, counts = true): { readonly text: string; readonly hasToolCall: boolean } {
    const raw = toPlainRaw(read(chunk, "raw"));
    this.id ??= idOf(raw);
    this.model ??= modelOf(raw);
    const usage = toUsage(raw) ?? toUsage({ usage: read(read(chunk, "options"), "usage") });
    if (counts) this.usage = usage ?? this.usage;
    this.finishReason = rawFinishReason(raw) ?? this.finishReason;
    const calls = readList(read(chunk, "options"), "toolCall");
    for (const call of calls) this.calls.set(readText(call, "id") ?? String(this.calls.size), call);
    const text = isRepetition(raw) ? "" : (readText(chunk, "delta") ?? "");
    if (text !== "" && this.length < MAX_TEXT) this.text.push(text);
    this.length += text.length;
    return { text, hasToolCall: calls.length > 0 };
  }

  /** The whole answer in OpenAI's shape; what no chunk told, the HTTP answer may have. */
  toAnswer(model: string, reported: Reported = {}): unknown {
    const toolCalls = toToolCalls([...this.calls.values()]);
    const text = this.text.join("");
    return toCompletion({
      id: this.id ?? reported.id,
      model: this.model ?? reported.model ?? model,
      content: text === "" && toolCalls.length > 0 ? null : text,
      toolCalls,
      finishReason: this.finishReason ?? reported.finishReason ?? null,
      usage: this.usage ?? reported.usage,
    });
  }
}

/** The Vercel SDK numbers the parts of a text. */
function idOf(raw: unknown): string | undefined {
  return readText(raw, "type") === "text-delta"
    ? undefined
    : (readText(raw, "id") ?? readText(read(raw, "response"), "id"));
}

function modelOf(raw: unknown): string | undefined {
  const response = read(raw, "response");
  return (
    readText(raw, "model") ??
    readText(raw, "modelVersion") ??
    readText(response, "model") ??
    readText(response, "modelId")
  );
}

/** LlamaIndex repeats the last text with each later event of OpenAI's responses API. */
function isRepetition(raw: unknown): boolean {
  const type = readText(raw, "type");
  return type?.startsWith("response.") === true && type !== "response.output_text.delta";
}

const MAX_TEXT = 1_048_576;

function toCompletion({ id, model, content, toolCalls, finishReason, usage }: Answer): unknown {
  const message = { role: "assistant", content, ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}) };
  return {
    ...(id === undefined ? {} : { id }),
    object: "chat.completion",
    model,
    choices: [{ index: 0, message, finish_reason: finishReason }],
    ...(usage === undefined ? {} : { usage }),
  };
}

function toFinishReason(raw: unknown, hasToolCalls: boolean): string | null {
  const reason = rawFinishReason(raw);
  return hasToolCalls && (reason === undefined || reason === "completed") ? "tool_calls" : (reason ?? null);
}

/** Why an answer ended, in the provider's word. */
export function rawFinishReason(raw: unknown): string | undefined {
  if (!isLive(raw)) return undefined;
  const [choice] = readList(raw, "choices");
  const [candidate] = readList(raw, "candidates");
  return (
    readText(choice, "finish_reason") ??
    readText(choice, "finishReason") ??
    readText(raw, "stop_reason") ??
    readText(candidate, "finishReason") ??
    readText(raw, "done_reason") ??
    readText(raw, "finishReason") ??
    readText(raw, "stopReason") ??
    responsesReason(read(raw, "response") ?? raw)
  );
}

/** OpenAI's responses API has a status, and a reason where the answer is not complete. */
function responsesReason(response: unknown): string | undefined {
  if (readText(response, "object") !== "response") return undefined;
  const status = readText(response, "status");
  return readText(read(response, "incomplete_details"), "reason") ?? (status === "in_progress" ? undefined : status);
}
