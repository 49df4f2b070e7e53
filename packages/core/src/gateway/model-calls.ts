import type { SpanContext } from "../event.ts";
import { isHeaderText, toHeaderText } from "../headers/header-text.ts";
import type { OpenRun } from "../open-runs.ts";
import { toSpanError } from "../span-error.ts";
import { readAnswer } from "./answer.ts";
import { currentCall, enterCall, isContextCheap, runInCall } from "./call-scope.ts";
import { type GatewayHosts, isProvider } from "./gateway-hosts.ts";
import { findByBody } from "./match-body.ts";
import { type Attempt, type CallHints, ModelRequests } from "./model-requests.ts";
import type { RequestObserver, RequestWatch, SeenRequest } from "./seen-request.ts";

/** For integrations: what is known of the context of a model's call. */
export interface ModelCallOptions {
  /** An object that calls share which are made in one context. */
  readonly group?: unknown;
  /** The model may queue its requests, which then are made in the context of some other call. */
  readonly mayQueue?: boolean | undefined;
  /** The process follows async contexts anyway: one more costs nothing. */
  readonly isFollowed?: boolean | undefined;
}

/** For integrations, and for `portkeyFetch`: which HTTP request belongs to which call of a model. */
export interface ModelCallTracking extends RequestObserver {
  /**
   * What the code does from here on, in this async context, belongs to the call of a model. To be called synchronously,
   * in code that serves this one call.
   */
  enter(runId: string, options?: ModelCallOptions): void;
  /** Runs a function that makes the requests of a model's call, and no others. */
  run<R>(runId: string, fn: () => R): R;
}

/** What {@link ModelCalls} needs to know and to reach. */
export interface ModelCallsOptions {
  /** Whose calls these are. */
  readonly owner: object;
  readonly hosts: GatewayHosts;
  /** The gateway's log hangs below the span of the call, which is posted too. */
  readonly isWrapper: boolean;
  /** `false`: no request is looked at. */
  readonly isOn: boolean;
  readonly now: () => number;
  readonly openRun: (runId: string) => OpenRun | undefined;
  readonly openRuns: () => readonly OpenRun[];
  readonly currentSpan: () => SpanContext | undefined;
  /** What may be told of a span's name. */
  readonly toName: (name: string) => string | undefined;
}

/** Requests to these are our own. */
const OWN_PATHS = /\/(logs|feedback)(\/|$)/;
/** Where a model is asked, whoever provides it. */
const MODEL_PATHS =
  /\/(chat|completions|messages|responses|embeddings|embed|rerank|generate|converse|invoke|predict)|:(stream)?generatecontent|:predict/i;
const MAX_NAME = 128;

/**
 * Knows which call of a model an HTTP request belongs to: by the async context that integrations mark, else by what the
 * request's body says. Tells a gateway which span it serves, and remembers what became of each request. Where it cannot
 * be known, the request stays as it is.
 */
export class ModelCalls implements ModelCallTracking {
  private readonly options: ModelCallsOptions;
  private readonly groups = new WeakMap<object, ModelRequests>();
  /** Calls of models with a queue that have made no request yet. */
  private readonly queued = new Set<ModelRequests>();

  constructor(options: ModelCallsOptions) {
    this.options = options;
  }

  enter(runId: string, { group, mayQueue = false, isFollowed = false }: ModelCallOptions = {}): void {
    const requests = this.requestsOf(runId, { isSure: false, mayQueue });
    if (requests === undefined) return;
    if (typeof group === "object" && group !== null) this.join(group, requests);
    if (mayQueue) this.queued.add(requests);
    if (isFollowed || isContextCheap() || this.wantsHeaders(requests)) enterCall(this.options.owner, requests);
  }

  run<R>(runId: string, fn: () => R): R {
    const requests = this.requestsOf(runId, { isSure: true, mayQueue: false });
    return requests === undefined ? fn() : runInCall(this.options.owner, requests, fn);
  }

  /** A run has ended: what comes in its context from now on is not its own. */
  end(requests: ModelRequests): void {
    requests.hasEnded = true;
    this.queued.delete(requests);
  }

  starts(request: SeenRequest): RequestWatch | undefined {
    if (!this.options.isOn || request.method !== "POST" || OWN_PATHS.test(request.url.pathname)) return undefined;
    const around = currentCall(this.options.owner);
    // `portkeyFetch` has looked at it.
    if (around === "seen") return undefined;
    const isGateway = this.options.hosts.isGateway(request.url, (name) => request.header(name));
    const path = request.url.pathname;
    const retry = Number(request.header("x-stainless-retry-count") ?? 0);
    const own = around?.owns({ path, contentLength: request.contentLength, retry }) === true ? around : undefined;
    const call = own ?? (request.body === undefined ? undefined : findByBody(request.body, this.options.openRuns()));
    if (call !== undefined)
      return this.isOfModel(call, request, isGateway) ? this.watch(call, request, isGateway) : undefined;
    // In a call's context, or while a queued request is awaited, it may be the request of a call that is not known.
    if (isGateway && around === undefined && !this.isAwaited()) this.tellParent(request);
    return undefined;
  }

  private requestsOf(runId: string, hints: CallHints): ModelRequests | undefined {
    const run = this.options.openRun(runId);
    if (run === undefined) return undefined;
    const { traceId, spanId } = run.context;
    if (spanId === undefined || run.hidden) return undefined;
    const { name, parentSpanId, model } = run;
    run.requests ??= new ModelRequests({ context: { traceId, spanId }, parentSpanId, name, url: model?.url, hints });
    return run.requests;
  }

  /** A provider has no use for headers. Without the context, repeated requests to one are not seen. */
  private wantsHeaders({ url }: ModelRequests): boolean {
    return url === undefined || !isProvider(url);
  }

  private join(group: object, requests: ModelRequests): void {
    const first = this.groups.get(group);
    if (first === undefined) this.groups.set(group, requests);
    else if (first !== requests) first.isAmbiguous = requests.isAmbiguous = true;
  }

  private isAwaited(): boolean {
    for (const requests of this.queued) if (requests.isWaiting) return true;
    return false;
  }

  /** Models fetch tokens and files, too. */
  private isOfModel(call: ModelRequests, { url }: SeenRequest, isGateway: boolean): boolean {
    return isGateway || ((call.origin === undefined || call.origin === url.origin) && MODEL_PATHS.test(url.pathname));
  }

  private watch(call: ModelRequests, request: SeenRequest, isGateway: boolean): RequestWatch {
    const { now, hosts } = this.options;
    const attempt: Attempt = {
      startTimeMs: now(),
      path: request.url.pathname,
      contentLength: request.contentLength,
      isLogged: isGateway && hosts.keepsLogs(request.url),
      sentTraceId: isGateway ? this.tellCall(call, request) : undefined,
      config: isGateway ? request.header("x-portkey-config") : undefined,
    };
    call.attempts.push(attempt);
    this.queued.delete(call);
    return {
      answered(status, header) {
        attempt.endTimeMs = now();
        attempt.status = status;
        const answer = readAnswer(header);
        if (answer !== undefined) attempt.answer = answer;
      },
      failed(error) {
        attempt.endTimeMs = now();
        attempt.error = toSpanError(error);
      },
    };
  }

  /** Gives the trace id that the request carries. */
  private tellCall(call: ModelRequests, request: SeenRequest): string | undefined {
    const { traceId, spanId } = call.context;
    const { isWrapper, toName } = this.options;
    if (isWrapper) return tell(request, traceId, { "parent-span-id": spanId });
    const name = toName(call.name)?.slice(0, MAX_NAME);
    return tell(request, traceId, { "span-id": spanId, "parent-span-id": call.parentSpanId, "span-name": name });
  }

  /** A request by hand: its log hangs below the span around it. */
  private tellParent(request: SeenRequest): void {
    const span = this.options.currentSpan();
    if (span !== undefined) tell(request, span.traceId, { "parent-span-id": span.spanId });
  }
}

const ID_HEADERS = ["x-portkey-span-id", "x-portkey-parent-span-id", "x-portkey-span-name"];

/** Adds headers, unless the program has set some of its own. An id that a header cannot carry as it is is not told. */
function tell(
  request: SeenRequest,
  traceId: string,
  values: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const given = request.header("x-portkey-trace-id");
  if (given !== undefined && given !== traceId) return given;
  if (!isHeaderText(traceId) || ID_HEADERS.some((name) => request.header(name) !== undefined)) return given;
  if (given === undefined) request.addHeader("x-portkey-trace-id", traceId);
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) request.addHeader(`x-portkey-${name}`, toHeaderText(value));
  }
  return traceId;
}
