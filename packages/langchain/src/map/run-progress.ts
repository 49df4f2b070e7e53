import type { MarkEvent, TokenEvent } from "@portkey-tracing/core";
import { fieldsOf, listIn, textIn } from "../read.ts";
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
    isChunk: given !== undefined,
    of: fields,
  };
}

/** The same from the stream events of 1.x, which come in place of tokens where a handler asked for them. */
export function toStreamedToken(given: unknown, runId: string): TokenEvent {
  const { event, delta, usage } = fieldsOf(given);
  const { type, text } = fieldsOf(delta);
  return {
    kind: "token",
    runId,
    text: type === "text-delta" && typeof text === "string" ? text : "",
    hasContent: type === "tool-call-delta" || type === "block-delta",
    // The last event tells the same counts once more.
    usage: event === "usage" ? fromUsageMetadata(usage) : undefined,
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

/** What the program itself dispatched. LangChain makes a list of tags for each time that something is. */
export function toCustomMark(name: unknown, data: unknown, runId: string, tags: unknown): MarkEvent {
  return { kind: "mark", runId, name: textIn(name) ?? "custom_event", attributes: data, of: tags };
}
