import type { SpanContext } from "../event.ts";
import type { SpanError } from "../span.ts";

/** One HTTP request of a call to a model. */
export interface Attempt {
  readonly startTimeMs: number;
  /** Absent while there is neither an answer nor an error. */
  endTimeMs?: number;
  /** HTTP status of the answer. */
  status?: number;
  /** Why there is no answer. */
  error?: SpanError;
  readonly path: string;
  /** Bytes of the request's body, where they are known. */
  readonly contentLength: number | undefined;
  /** What the gateway says of itself in the answer's headers. */
  answer?: GatewayAnswer;
  /** The gateway keeps logs where our records go, too. */
  readonly isLogged: boolean;
  /** Trace id that went with the request, whoever set it. */
  readonly sentTraceId: string | undefined;
  /** The gateway's config, where the request itself holds it. */
  readonly config: string | undefined;
}

/** `x-portkey-*` of an answer. */
export interface GatewayAnswer {
  /** The id that was sent, or an empty text. */
  readonly traceId: string;
  readonly provider: string | undefined;
  /** Path of the target that answered: `config`, `config.targets[1]`. */
  readonly target: string | undefined;
  /** −1: all were used up. */
  readonly retries: number | undefined;
  /** DISABLED, MISS, HIT, REFRESH. */
  readonly cache: string | undefined;
}

/** What may be thought of the code in a model call's context. */
export interface CallHints {
  /** Only this call's requests are made there, as far as the framework can be trusted. */
  readonly isSure: boolean;
  /** The model may queue its requests, which then are made in the context of some other call. */
  readonly mayQueue: boolean;
}

/** The HTTP requests of one call to a model, as they are seen. Holds nothing of the program's. */
export class ModelRequests {
  readonly attempts: Attempt[] = [];
  readonly context: Required<SpanContext>;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Address at which the model is asked, as far as the framework tells. */
  readonly url: string | undefined;
  readonly hints: CallHints;
  /** Several calls share one context: which of them a request belongs to cannot be known. */
  isAmbiguous = false;
  hasEnded = false;

  constructor(call: Pick<ModelRequests, "context" | "parentSpanId" | "name" | "url" | "hints">) {
    this.context = call.context;
    this.parentSpanId = call.parentSpanId;
    this.name = call.name;
    this.url = call.url;
    this.hints = call.hints;
  }

  /** The call has made no request yet. */
  get isWaiting(): boolean {
    return !this.hasEnded && !this.isAmbiguous && this.attempts.length === 0;
  }

  /** The call has made no request yet, or the last one failed. */
  get mayAsk(): boolean {
    if (this.hasEnded || this.isAmbiguous) return false;
    const last = this.attempts.at(-1);
    return last === undefined || (last.endTimeMs !== undefined && !isSuccess(last));
  }

  /** Where the model is asked, as far as the framework tells: scheme, host and port. */
  get origin(): string | undefined {
    return this.url !== undefined && URL.canParse(this.url) ? new URL(this.url).origin : undefined;
  }

  /**
   * Whether a request in the call's context is the call's own. Beyond the first one only what repeats a request that
   * failed: anything else may be the request of some other call that waited in the model's queue.
   */
  owns(request: {
    readonly path: string;
    readonly contentLength: number | undefined;
    readonly retry: number;
  }): boolean {
    if (this.hasEnded || this.isAmbiguous) return false;
    const last = this.attempts.at(-1);
    if (this.hints.isSure || last === undefined) return true;
    if (last.endTimeMs === undefined || isSuccess(last)) return false;
    if (request.retry > 0) return true;
    return !this.hints.mayQueue && last.path === request.path && last.contentLength === request.contentLength;
  }
}

/** An answer that is no error. */
export function isSuccess({ status }: Attempt): boolean {
  return status !== undefined && status < 400;
}
