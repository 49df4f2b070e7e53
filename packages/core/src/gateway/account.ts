import { isJsonObject, type JsonObject } from "../json.ts";
import type { ModelCall, Span } from "../span.ts";
import { toAttemptSpans } from "./attempt-spans.ts";
import type { GatewayHosts } from "./gateway-hosts.ts";
import { toInferredSpans } from "./inferred-spans.ts";
import type { Attempt, GatewayAnswer } from "./model-requests.ts";

/** How calls through gateways are accounted for. */
export interface GatewayPolicy {
  readonly hosts: GatewayHosts;
  /** The gateway's log hangs below the span of the call, which is posted too. */
  readonly isWrapper: boolean;
}

/**
 * The spans that are posted for a call of a model, so that its tokens are counted exactly once: here, or in the log of
 * the gateway that served it. What was seen of its requests comes as children and metadata. Pure.
 */
export function account(span: Span, attempts: readonly Attempt[], { hosts, isWrapper }: GatewayPolicy): Span[] {
  if (attempts.length === 0) return [wasLoggedUnseen(span, hosts) ? toNeutral(span, {}) : span];
  const logged = attempts.filter(isLogged);
  const last = logged.at(-1) ?? attempts.findLast((attempt) => attempt.answer !== undefined) ?? attempts.at(-1);
  if (logged.length === 0) {
    return [
      withAnswer(span, last?.answer),
      ...toAttemptSpans(span, attempts),
      ...toInferredSpans(span, attempts, last),
    ];
  }
  // Of these the gateway has no log.
  const unanswered = toAttemptSpans(span, attempts).filter((_child, index) => attempts[index]?.status === undefined);
  const echoed = last?.answer?.traceId ?? "";
  if (echoed !== span.traceId || last?.sentTraceId !== span.traceId) {
    return [toNeutral(span, echoed === "" ? {} : { gateway_trace_id: echoed }), ...unanswered];
  }
  return isWrapper ? [toNeutral(span, {}), ...unanswered] : unanswered;
}

/** Which request it was is not known, but it went to a gateway that has logged it, and was answered. */
function wasLoggedUnseen({ model, output }: Span, hosts: GatewayHosts): boolean {
  if (model?.url === undefined || model.cached === true || !URL.canParse(model.url)) return false;
  const url = new URL(model.url);
  const isAnswered = isJsonObject(output) && output["usage"] !== undefined;
  return isAnswered && hosts.isKnown(url) && hosts.keepsLogs(url);
}

/** The gateway has taken the request, and keeps a log of it. */
function isLogged(attempt: Attempt): boolean {
  return attempt.isLogged && attempt.answer !== undefined;
}

/** A span of the same work that costs nothing: the gateway's log has the model and the tokens. */
function toNeutral(span: Span, more: JsonObject): Span {
  const { model: _model, input, output, ...rest } = span;
  const metadata = { ...span.metadata, ...more };
  const neutral = { ...rest, metadata };
  return {
    ...neutral,
    ...(input === undefined ? {} : { input: isJsonObject(input) ? without(input, "model") : input }),
    ...(output === undefined ? {} : { output: isJsonObject(output) ? without(output, "model", "usage") : output }),
  };
}

function without(body: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

/** What the gateway told of itself: who answered in the end, after how many tries, and whether from its cache. */
function withAnswer(span: Span, answer: GatewayAnswer | undefined): Span {
  if (answer === undefined || span.model === undefined) return span;
  const { provider, target, retries, cache } = answer;
  const isHit = cache === "HIT";
  const model: ModelCall = {
    ...span.model,
    ...(provider === undefined ? {} : { provider }),
    ...(isHit ? { cached: true } : {}),
  };
  const metadata = {
    ...span.metadata,
    ...(provider === undefined ? {} : { gateway_provider: provider }),
    ...(target === undefined || target === "config" ? {} : { gateway_target: target }),
    ...(retries === undefined || retries === 0 ? {} : { gateway_retries: retries < 0 ? "exhausted" : String(retries) }),
    ...(cache === undefined || cache === "DISABLED" ? {} : { gateway_cache: cache }),
  };
  return { ...span, model, metadata };
}
