import type { MarkEvent, TokenEvent } from "@portkey-tracing/core";
import { fieldsOf, listIn, textIn } from "../read.ts";
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
  };
}

/** An agent has decided on a tool. */
export function toAgentAction(action: unknown, runId: string): MarkEvent {
  const { tool, toolInput, log } = fieldsOf(action);
  return { kind: "mark", runId, name: "agent_action", attributes: { tool, toolInput, log } };
}

/** An agent has its answer. */
export function toAgentFinish(finish: unknown, runId: string): MarkEvent {
  const { returnValues, log } = fieldsOf(finish);
  return { kind: "mark", runId, name: "agent_finish", attributes: { returnValues, log } };
}

/** What the program itself dispatched. */
export function toCustomMark(name: unknown, data: unknown, runId: string): MarkEvent {
  return { kind: "mark", runId, name: textIn(name) ?? "custom_event", attributes: data };
}
