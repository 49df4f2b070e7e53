import type { StartEvent } from "@portkey-tracing/core";
import { textIn } from "../read.ts";
import { toChatRequest, toCompletionRequest, toModelCall } from "./model-request.ts";
import { toToolInput } from "./run-end.ts";
import { isAgent, isHidden, toMetadata, toName, toPinnedTraceId, toTags } from "./run-metadata.ts";

/** What LangChain passes at the start of every kind of run, by the names of its own parameters. */
export interface RunStart {
  readonly serialized: unknown;
  readonly runId: string;
  readonly parentRunId: unknown;
  readonly tags: unknown;
  readonly metadata: unknown;
  readonly runName: unknown;
}

/** Members of a start event that need no knowledge of the kind. */
type Commons = Omit<StartEvent, "type" | "name" | "input" | "model">;

export function toChainStart(run: RunStart, inputs: unknown): StartEvent {
  const type = isAgent(run.serialized, run.metadata) ? "agent" : "chain";
  return { ...toCommons(run), type, name: nameOf(run, "chain"), input: inputs };
}

export function toChatModelStart(run: RunStart, messages: unknown, extraParams: unknown): StartEvent {
  return {
    ...toCommons(run),
    type: "llm",
    name: nameOf(run, "llm"),
    input: toChatRequest(messages, extraParams, run.metadata),
    model: toModelCall(run.serialized, extraParams, run.metadata),
  };
}

export function toLLMStart(run: RunStart, prompts: unknown, extraParams: unknown): StartEvent {
  return {
    ...toCommons(run),
    type: "llm",
    name: nameOf(run, "llm"),
    input: toCompletionRequest(prompts, extraParams, run.metadata),
    model: toModelCall(run.serialized, extraParams, run.metadata),
  };
}

export function toToolStart(run: RunStart, input: unknown, toolCallId: unknown): StartEvent {
  const commons = toCommons(run);
  const call = textIn(toolCallId);
  const metadata = call === undefined ? commons.metadata : { ...commons.metadata, tool_call_id: call };
  return { ...commons, type: "tool", name: nameOf(run, "tool"), input: toToolInput(input), metadata };
}

export function toRetrieverStart(run: RunStart, query: unknown): StartEvent {
  return { ...toCommons(run), type: "retriever", name: nameOf(run, "retriever"), input: query };
}

function toCommons({ runId, parentRunId, tags, metadata }: RunStart): Commons {
  return {
    kind: "start",
    runId,
    parentRunId: textIn(parentRunId),
    traceId: toPinnedTraceId(metadata),
    tags: toTags(tags),
    metadata: toMetadata(metadata, tags),
    hidden: isHidden(tags),
  };
}

function nameOf({ serialized, runName }: RunStart, fallback: string): string {
  return toName(serialized, runName, fallback);
}
