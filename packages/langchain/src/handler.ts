import {
  type EventOrigin,
  type Feedback,
  type FeedbackResult,
  type FlushOptions,
  type OwnOrShared,
  ownOrShared,
  type StartEvent,
  type TraceEvent,
  type Tracing,
  type TracingReport,
  type TracingStats,
  toTimeoutMs,
} from "@portkey-tracing/core";
import { currentLangChainRun, followsContexts } from "./current-run.ts";
import { drainCallbackQueue } from "./drain.ts";
import { isAgentNode } from "./map/agent.ts";
import { mayQueueRequests } from "./map/model-queue.ts";
import { toAnsweredCall, toModelResponse } from "./map/model-response.ts";
import { readable } from "./map/readable.ts";
import { toRunError } from "./map/run-end.ts";
import {
  isPlumbing,
  toAgentAction,
  toAgentFinish,
  toCustomMark,
  toStreamedInput,
  toStreamedToken,
  toToken,
} from "./map/run-progress.ts";
import {
  type RunStart,
  toChainStart,
  toChatModelStart,
  toLLMStart,
  toRetrieverStart,
  toToolStart,
} from "./map/run-start.ts";
import { type LangchainHandlerSettings, type Settings, takeSettings } from "./settings.ts";
import { viewLangChainObject } from "./view.ts";

/** Options of a client of its own, or a client that is shared with other handlers. */
export type LangchainHandlerOptions = LangchainHandlerSettings & OwnOrShared;

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
  readonly awaitHandlers: boolean;
  readonly raiseError: boolean = false;
  readonly ignoreLLM: boolean = false;
  readonly ignoreChain: boolean = false;
  readonly ignoreAgent: boolean = false;
  readonly ignoreRetriever: boolean = false;
  readonly ignoreCustomEvent: boolean = false;
  /** The client that delivers. */
  readonly tracing: Tracing;
  private readonly settings: Settings;
  /** Its own for each handler: of two that share a client and see the same run, one is listened to. */
  private readonly origin: EventOrigin;

  /** @throws ConfigError for a wrong option; nothing else is ever thrown, now or later. */
  constructor(options: LangchainHandlerOptions = {}) {
    const { settings, rest } = takeSettings(options ?? {});
    this.settings = settings;
    this.awaitHandlers = settings.awaitHandlers;
    this.origin = { source: "Langchain", view: (value) => viewLangChainObject(value, settings.inlineMedia) };
    this.tracing = ownOrShared(rest);
    this.tracing.locateBy(currentLangChainRun);
  }

  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  async flush(options?: FlushOptions | null): Promise<TracingReport> {
    return this.tracing.flush(await this.drain(options));
  }

  /** Closes open runs as `unfinished`, flushes, and takes no more. Never rejects. */
  async shutdown(options?: FlushOptions | null): Promise<TracingReport> {
    return this.tracing.shutdown(await this.drain(options));
  }

  /** Says what somebody thinks of a trace: of the one that ended last, unless `traceId` names another. Never rejects. */
  feedback(feedback: Feedback | readonly Feedback[]): Promise<FeedbackResult> {
    return this.tracing.feedback(feedback);
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
    this.record(() => toChainStart({ serialized, runId, parentRunId, tags, metadata, runName }, inputs));
    if (parentRunId !== undefined && isAgentNode(serialized, metadata, tags)) {
      this.record(() => ({ kind: "update", runId: parentRunId, type: "agent" }));
    }
  }

  handleChainEnd(outputs: unknown, runId: string, _parentRunId?: string, _tags?: string[], streamed?: unknown): void {
    this.record(() => ({ kind: "end", runId, input: toStreamedInput(streamed), output: outputs }));
  }

  handleChainError(error: unknown, runId: string, _parentRunId?: string, _tags?: string[], streamed?: unknown): void {
    this.record(() => ({
      ...toRunError(runId, error, this.settings.errorStacks),
      input: toStreamedInput(streamed),
    }));
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
    const run = { serialized, runId, parentRunId, tags, metadata, runName };
    this.record(() => toChatModelStart(run, messages, extraParams, this.settings.inlineMedia));
    this.enterCall(run, extraParams);
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
    const run = { serialized, runId, parentRunId, tags, metadata, runName };
    this.record(() => toLLMStart(run, prompts, extraParams));
    this.enterCall(run, extraParams);
  }

  handleLLMNewToken(
    token: string,
    _index: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    fields?: unknown,
  ): void {
    this.record(() => toToken(token, runId, fields));
  }

  handleChatModelStreamEvent(event: unknown, runId: string): void {
    this.record(() => toStreamedToken(event, runId));
  }

  handleLLMEnd(
    result: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    extraParams?: Record<string, unknown>,
  ): void {
    const { inlineMedia } = this.settings;
    this.record(() => {
      const model = toAnsweredCall(extraParams);
      return { kind: "end", runId, output: toModelResponse(result, inlineMedia, model.cached), model };
    });
  }

  handleLLMError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error, this.settings.errorStacks));
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
    this.record(() => toToolStart({ serialized, runId, parentRunId, tags, metadata, runName }, input, toolCallId));
  }

  handleToolEvent(chunk: unknown, runId: string): void {
    this.record(() => ({ kind: "mark", runId, name: "tool_event", attributes: chunk, of: chunk }));
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.record(() => ({ kind: "end", runId, output }));
  }

  handleToolError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error, this.settings.errorStacks));
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
    this.record(() => toRetrieverStart({ serialized, runId, parentRunId, tags, metadata, runName }, query));
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.record(() => ({ kind: "end", runId, output: documents }));
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.record(() => toRunError(runId, error, this.settings.errorStacks));
  }

  handleAgentAction(action: unknown, runId: string): void {
    this.record(() => toAgentAction(action, runId));
  }

  handleAgentEnd(finish: unknown, runId: string): void {
    this.record(() => toAgentFinish(finish, runId));
  }

  handleText(text: string, runId: string): void {
    this.record(() => ({ kind: "mark", runId, name: "text", attributes: text, of: text }));
  }

  handleCustomEvent(eventName: string, data: unknown, runId: string, tags?: string[]): void {
    if (isPlumbing(eventName)) return;
    this.record(() => toCustomMark(eventName, data, runId, tags));
  }

  /** LangChain calls the handler inside the model's own function: its requests are made in the same async context. */
  private enterCall({ runId, serialized }: RunStart, extraParams: object | undefined): void {
    if (!this.awaitHandlers) return;
    const mayQueue = mayQueueRequests(serialized);
    this.tracing.calls.enter(runId, { group: extraParams, mayQueue, isFollowed: followsContexts() });
  }

  /** Mapping may meet anything; what it throws is caught and counted by the client. */
  private record(map: () => TraceEvent): void {
    this.tracing.record(() => this.place(map()), this.origin);
  }

  /** In the background queue the code around the handler belongs to some other call. */
  private place(event: TraceEvent): TraceEvent {
    if (event.kind !== "start") return event;
    const { showHiddenRuns, traceIdFromThread, awaitHandlers } = this.settings;
    const hidden = event.hidden === true && !showHiddenRuns;
    const traceId = event.traceId ?? (traceIdFromThread ? this.threadOf(event) : undefined);
    return { ...event, hidden, traceId, detached: !awaitHandlers };
  }

  /** The thread that a graph runs on, unless it hangs below something else. */
  private threadOf({ parentRunId, metadata }: StartEvent): string | undefined {
    const isInside = parentRunId !== undefined || (this.awaitHandlers && this.tracing.currentSpan() !== undefined);
    const thread = metadata?.["thread_id"];
    return isInside || typeof thread !== "string" ? undefined : thread;
  }

  /**
   * Empties LangChain's queue; answers with what is left of the time. Callbacks of others stand in that queue, too, and
   * may hang: half of the time is kept for the delivery.
   */
  private async drain(options?: FlushOptions | null): Promise<FlushOptions> {
    const timeoutMs = toTimeoutMs(readable(() => options?.timeoutMs, undefined));
    if (this.awaitHandlers) return { timeoutMs };
    const started = performance.now();
    await drainCallbackQueue(timeoutMs / 2);
    return { timeoutMs: Math.max(0, timeoutMs - (performance.now() - started)) };
  }
}
