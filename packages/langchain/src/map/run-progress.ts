import type { MarkEvent, TokenEvent } from "@portkey-tracing/core";
import { type Fields, fieldsOf, listIn, textIn } from "../read.ts";
import { readable } from "./readable.ts";
import { fromUsageMetadata } from "./usage.ts";

/** A token, or chunk, of a streamed answer: its text, and whether it is a piece of a tool call. */
export function toToken(token: unknown, runId: string, fields: unknown): TokenEvent {
  const { chunk: given } = fieldsOf(fields);
  const chunk = fieldsOf(fieldsOf(given)["message"]);
  const hasContent = listIn(chunk["tool_call_chunks"]).length > 0;
  const text = typeof token === "string" ? token : "";
  const { usage_metadata: counted } = chunk;
  return {
    kind: "token",
    runId,
    text,
    hasContent,
    usage: counted ? fromUsageMetadata(counted) : undefined,
    counts: counted && isBeginning(chunk) ? "begun" : undefined,
    isChunk: given !== undefined,
    of: fields,
  };
}

/** The first chunk of Anthropic's streams counts a few tokens of the answer; the last one counts the whole of it. */
function isBeginning(chunk: Fields): boolean {
  return fieldsOf(chunk["additional_kwargs"])["type"] === "message";
}

/** The same from the stream events of 1.x, which come in place of tokens where a handler asked for them. */
export function toStreamedToken(given: unknown, runId: string): TokenEvent {
  const { delta, usage } = fieldsOf(given);
  const { type, text } = fieldsOf(delta);
  return {
    kind: "token",
    runId,
    text: type === "text-delta" && typeof text === "string" ? text : "",
    hasContent: type === "tool-call-delta" || type === "block-delta",
    usage: usage ? fromUsageMetadata(usage) : undefined,
    // Each of them tells the counts of all before it, too.
    counts: "so-far",
    of: given,
  };
}

/**
 * What came in to a step of a stream: LangChain tells it at the end, and an empty text at the start. Nothing where pieces
 * came in that cannot be put together. Never throws.
 */
export function toStreamedInput(given: unknown): unknown {
  return readable(() => {
    const { inputs } = fieldsOf(given);
    const isUnknown = Object.keys(fieldsOf(inputs)).join() === "input" && fieldsOf(inputs)["input"] === undefined;
    return isUnknown ? undefined : inputs;
  }, undefined);
}

/** An agent has decided on a tool. */
export function toAgentAction(action: unknown, runId: string): MarkEvent {
  const { tool, toolInput, log } = fieldsOf(action);
  return { kind: "mark", runId, name: "agent_action", attributes: { tool, toolInput, log }, of: action };
}

/** An agent has its answer. */
export function toAgentFinish(finish: unknown, runId: string): MarkEvent {
  const { returnValues, log } = fieldsOf(finish);
  return { kind: "mark", runId, name: "agent_finish", attributes: { returnValues, log }, of: finish };
}

const PLUMBING = /^google-(request|response|chunk)-/;

/**
 * Google's integrations dispatch their whole requests, answers and clients, once more for each chunk. What is worth keeping
 * of them is told by the run itself.
 */
export function isPlumbing(eventName: unknown): boolean {
  return typeof eventName === "string" && PLUMBING.test(eventName);
}

/** What the program itself dispatched. LangChain makes a list of tags for each time that something is. */
export function toCustomMark(name: unknown, data: unknown, runId: string, tags: unknown): MarkEvent {
  return { kind: "mark", runId, name: textIn(name) ?? "custom_event", attributes: data, of: tags };
}
