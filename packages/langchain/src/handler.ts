import {
  createTracing,
  type DeliveryReport,
  type EventOrigin,
  type FlushOptions,
  type TraceEvent,
  type Tracing,
  type TracingOptions,
  type TracingStats,
} from "@portkey-tracing/core";
import { toChatRequest, toCompletionRequest, toModelCall } from "./map/model-request.ts";
import { toAnsweredCall, toModelResponse } from "./map/model-response.ts";
import { toRunError, toToolInput } from "./map/run-end.ts";
import { isAgent, isHidden, toMetadata, toName, toPinnedTraceId, toTags } from "./map/run-metadata.ts";
import { fieldsOf, listIn, textIn } from "./read.ts";
import { viewLangChainObject } from "./view.ts";

/** What the handler itself can be told, beside where it sends. */
export interface LangchainHandlerSettings {
  /** Shows the runs that LangGraph makes for itself (`__start__`, `ChannelWrite<…>`). They are hidden by default. */
  showHiddenRuns?: boolean | undefined;
}

/** Options of a client of its own, or a client that is shared with other handlers. */
export type LangchainHandlerOptions = LangchainHandlerSettings &
  (({ tracing?: undefined } & TracingOptions) | { tracing: Tracing });

const ORIGIN: EventOrigin = { source: "Langchain", view: viewLangChainObject };

/**
 * Traces LangChain.js and LangGraph: `chain.invoke(input, { callbacks: [new LangchainCallbackHandler({ apiKey })] })`.
 *
 * One instance serves any number of concurrent calls, in any place where LangChain takes callbacks. It needs no class of
 * LangChain's, so that it works with every copy and version of `@langchain/core` from 0.3.40.
 *
 * The methods are LangChain's. Their arguments are read by position: what LangChain passes to `handleChainStart` is not
 * what its 1.x types declare.
 */
export class LangchainCallbackHandler {
  readonly name: string = "portkey_tracing";
  /** LangChain calls awaited handlers at once and in true order; nothing here ever awaits. */
  readonly awaitHandlers: boolean = true;
  readonly raiseError: boolean = false;
  readonly ignoreLLM: boolean = false;
  readonly ignoreChain: boolean = false;
  readonly ignoreAgent: boolean = false;
  readonly ignoreRetriever: boolean = false;
  readonly ignoreCustomEvent: boolean = false;
  /** The client that delivers. */
  readonly tracing: Tracing;
  private readonly showHiddenRuns: boolean;

  /** @throws ConfigError for a wrong option; nothing else is ever thrown, now or later. */
  constructor(options: LangchainHandlerOptions = {}) {
    const { tracing, showHiddenRuns, ...rest } = options;
    this.tracing = tracing ?? createTracing(rest);
    this.showHiddenRuns = showHiddenRuns ?? false;
  }

  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  flush(options?: FlushOptions): Promise<DeliveryReport> {
    return this.tracing.flush(options);
  }

  /** Closes open runs as `unfinished`, flushes, and takes no more. Never rejects. */
  shutdown(options?: FlushOptions): Promise<DeliveryReport> {
    return this.tracing.shutdown(options);
  }

  /** Counts since the start. */
  stats(): TracingStats {
    return this.tracing.stats();
  }

  /** LangChain may copy handlers; this one is shared. */
  copy(): this {
    return this;
  }

  /** Keeps the client out of whatever prints or stores a chain's configuration. */
  toJSON(): { name: string } {
    return { name: this.name };
  }

  handleChainStart(
    serialized: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    _runType?: string,
    runName?: string,
  ): void {
    this.record(() => ({
      ...this.start(runId, parentRunId, tags, metadata),
      type: isAgent(serialized, metadata) ? "agent" : "chain",
      name: toName(serialized, runName, "chain"),
      input: inputs,
    }));
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.record(() => ({ kind: "end", runId, output: outputs }));
  }

  handleChainError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error));
  }

  handleChatModelStart(
    serialized: unknown,
    messages: unknown,
    runId: string,
    parentRunId?: string,
    extraParams?: Record<string, unknown>,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runName?: string,
  ): void {
    this.record(() => ({
      ...this.start(runId, parentRunId, tags, metadata),
      type: "llm",
      name: toName(serialized, runName, "llm"),
      input: toChatRequest(messages, extraParams, metadata),
      model: toModelCall(serialized, extraParams, metadata),
    }));
  }

  handleLLMStart(
    serialized: unknown,
    prompts: string[],
    runId: string,
    parentRunId?: string,
    extraParams?: Record<string, unknown>,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runName?: string,
  ): void {
    this.record(() => ({
      ...this.start(runId, parentRunId, tags, metadata),
      type: "llm",
      name: toName(serialized, runName, "llm"),
      input: toCompletionRequest(prompts, extraParams, metadata),
      model: toModelCall(serialized, extraParams, metadata),
    }));
  }

  handleLLMNewToken(
    token: string,
    _index: unknown,
    runId: string,
    _parent?: string,
    _tags?: string[],
    fields?: unknown,
  ): void {
    this.record(() => {
      const chunk = fieldsOf(fieldsOf(fieldsOf(fields)["chunk"])["message"]);
      const hasContent = listIn(chunk["tool_call_chunks"]).length > 0;
      return { kind: "token", runId, text: typeof token === "string" ? token : "", hasContent };
    });
  }

  handleLLMEnd(
    result: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    extraParams?: Record<string, unknown>,
  ): void {
    this.record(() => ({ kind: "end", runId, output: toModelResponse(result), model: toAnsweredCall(extraParams) }));
  }

  handleLLMError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error));
  }

  handleToolStart(
    serialized: unknown,
    input: string,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runName?: string,
    toolCallId?: string,
  ): void {
    this.record(() => {
      const call = textIn(toolCallId);
      const begun = this.start(runId, parentRunId, tags, metadata);
      return {
        ...begun,
        type: "tool",
        name: toName(serialized, runName, "tool"),
        input: toToolInput(input),
        metadata: call === undefined ? begun.metadata : { ...begun.metadata, tool_call_id: call },
      };
    });
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.record(() => ({ kind: "end", runId, output }));
  }

  handleToolError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error));
  }

  handleRetrieverStart(
    serialized: unknown,
    query: string,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runName?: string,
  ): void {
    this.record(() => ({
      ...this.start(runId, parentRunId, tags, metadata),
      type: "retriever",
      name: toName(serialized, runName, "retriever"),
      input: query,
    }));
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.record(() => ({ kind: "end", runId, output: documents }));
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error));
  }

  handleAgentAction(action: unknown, runId: string): void {
    this.record(() => {
      const { tool, toolInput, log } = fieldsOf(action);
      return { kind: "mark", runId, name: "agent_action", attributes: { tool, toolInput, log } };
    });
  }

  handleAgentEnd(action: unknown, runId: string): void {
    this.record(() => {
      const { returnValues, log } = fieldsOf(action);
      return { kind: "mark", runId, name: "agent_finish", attributes: { returnValues, log } };
    });
  }

  handleText(text: string, runId: string): void {
    this.record(() => ({ kind: "mark", runId, name: "text", attributes: text }));
  }

  handleCustomEvent(eventName: string, data: unknown, runId: string): void {
    this.record(() => ({ kind: "mark", runId, name: textIn(eventName) ?? "custom_event", attributes: data }));
  }

  /** What all starts have in common. */
  private start(runId: string, parentRunId: unknown, tags: unknown, metadata: unknown): StartCommons {
    return {
      kind: "start",
      runId,
      parentRunId: textIn(parentRunId),
      traceId: toPinnedTraceId(metadata),
      tags: toTags(tags),
      metadata: toMetadata(metadata, tags),
      hidden: !this.showHiddenRuns && isHidden(tags),
    };
  }

  private record(map: () => TraceEvent): void {
    this.tracing.record(map, ORIGIN);
  }
}

/** The members of a start event that every kind of run has. */
type StartCommons = Pick<
  Extract<TraceEvent, { kind: "start" }>,
  "kind" | "runId" | "parentRunId" | "traceId" | "tags" | "metadata" | "hidden"
>;
