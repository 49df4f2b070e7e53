import type { ModelCall, SpanType, StartEvent } from "@portkey-tracing/core";
import { fieldsOf, textIn } from "../read.ts";
import { isAgent } from "./agent.ts";
import { toChatRequest, toCompletionRequest, toModelCall } from "./model-request.ts";
import { toToolInput } from "./run-end.ts";
import { isHidden, toMetadata, toName, toPinnedTraceId, toTags } from "./run-metadata.ts";

/** What LangChain passes at the start of every kind of run, by the names of its own parameters. */
export interface RunStart {
  readonly serialized: unknown;
  readonly runId: string;
  readonly parentRunId: unknown;
  readonly tags: unknown;
  readonly metadata: unknown;
  readonly runName: unknown;
}

export function toChainStart(run: RunStart, inputs: unknown): StartEvent {
  const type = isAgent(run.serialized, run.metadata) ? "agent" : "chain";
  return toStart(run, type, "chain", inputs);
}

export function toChatModelStart(
  run: RunStart,
  messages: unknown,
  extraParams: unknown,
  inlineMedia: boolean,
): StartEvent {
  const input = toChatRequest(messages, extraParams, run.metadata, inlineMedia);
  return toModelStart(run, input, extraParams);
}

export function toLLMStart(run: RunStart, prompts: unknown, extraParams: unknown): StartEvent {
  const input = toCompletionRequest(prompts, extraParams, run.metadata);
  return toModelStart(run, input, extraParams);
}

function toModelStart(run: RunStart, input: unknown, extraParams: unknown): StartEvent {
  const start = toStart(run, "llm", "llm", input, toModelCall(run.serialized, extraParams, run.metadata));
  const { signal } = fieldsOf(fieldsOf(extraParams)["options"]);
  return isSignal(signal) ? { ...start, signal } : start;
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof fieldsOf(value)["aborted"] === "boolean";
}

export function toToolStart(run: RunStart, input: unknown, toolCallId: unknown): StartEvent {
  const start = toStart(run, "tool", "tool", toToolInput(input));
  const call = textIn(toolCallId);
  return call === undefined ? start : { ...start, metadata: { ...start.metadata, tool_call_id: call } };
}

export function toRetrieverStart(run: RunStart, query: unknown): StartEvent {
  return toStart(run, "retriever", "retriever", query);
}

function toStart(run: RunStart, type: SpanType, fallback: string, input: unknown, model?: ModelCall): StartEvent {
  const { runId, parentRunId, tags, metadata } = run;
  return {
    kind: "start",
    runId,
    parentRunId: textIn(parentRunId),
    traceId: toPinnedTraceId(metadata),
    type,
    name: toName(run.serialized, run.runName, fallback),
    input,
    model,
    tags: toTags(tags),
    metadata: toMetadata(metadata, tags),
    hidden: isHidden(run.serialized, tags, run.runName),
  };
}
