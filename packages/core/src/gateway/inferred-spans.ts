import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { Span } from "../span.ts";
import { MAX_GATEWAY_ATTEMPTS, toGatewayAttemptId } from "../wire/attempt-id.ts";
import type { Attempt } from "./model-requests.ts";

/**
 * What a gateway must have tried before the answer that it gave: targets that a fallback passed over, and retries of the
 * one that answered. Known from its headers and from a config that the request itself holds; when they were made is not
 * known, so they have no time of their own: they stand at the start of the call, and are marked as inferred.
 */
export function toInferredSpans(span: Span, attempts: readonly Attempt[], attempt: Attempt | undefined): Span[] {
  const answer = attempt?.answer;
  if (attempt === undefined || answer === undefined || answer.cache === "HIT") return [];
  const config = parse(attempt.config);
  const target = answer.target ?? "config";
  const passedOver = config === undefined ? [] : passedOverTargets(config, target);
  const retries = countRetries(config, target, answer.retries);
  const tried: readonly Tried[] = [
    ...passedOver.map((name) => ({
      target: name,
      name: `fallback from ${name}`,
      message: "the gateway went on to another target",
    })),
    ...Array.from({ length: retries }, (_, index) => ({
      target,
      name: `gateway retry ${index + 1}`,
      message: "the gateway tried again",
    })),
  ];
  // What the gateway did not take is not in its log either, whose attempts take the place of these.
  const request = attempts.filter((one) => one.answer !== undefined).indexOf(attempt);
  return tried
    .slice(0, MAX_GATEWAY_ATTEMPTS)
    .map((one, index) => toSpan(span, one, toGatewayAttemptId(span, request, index)));
}

interface Tried {
  readonly target: string;
  readonly name: string;
  readonly message: string;
}

function toSpan(span: Span, { target, name, message }: Tried, spanId: string): Span {
  return {
    traceId: span.traceId,
    spanId,
    parentSpanId: span.spanId,
    name,
    type: "attempt",
    source: span.source,
    startTimeMs: span.startTimeMs,
    durationMs: 0,
    status: { code: "error", error: { type: "InferredFailure", message } },
    marks: [],
    tags: ["inferred"],
    metadata: { inferred: "true", gateway_target: target },
  };
}

/**
 * Targets that stand before the one that answered, wherever the strategy on the way to it is a fallback; none that the
 * config has not.
 */
function passedOverTargets(config: JsonObject, path: string): string[] {
  const found: string[] = [];
  let node: JsonValue | undefined = config;
  let name = "config";
  for (const index of indexesIn(path)) {
    if (!isJsonObject(node) || !Array.isArray(node["targets"]) || index >= node["targets"].length) return found;
    const strategy = node["strategy"];
    if (isJsonObject(strategy) && strategy["mode"] === "fallback") {
      for (let before = 0; before < index; before++) found.push(`${name}.targets[${before}]`);
    }
    node = node["targets"][index];
    name = `${name}.targets[${index}]`;
  }
  return found;
}

/** Attempts of the target before the one that was answered with. Used up retries are counted by the config. */
function countRetries(config: JsonObject | undefined, path: string, retries: number | undefined): number {
  if (retries === undefined || retries >= 0) return Math.min(retries ?? 0, MAX_RETRIES);
  let node: JsonValue | undefined = config;
  let attempts = attemptsOf(node);
  for (const index of indexesIn(path)) {
    node = isJsonObject(node) && Array.isArray(node["targets"]) ? node["targets"][index] : undefined;
    attempts = attemptsOf(node) ?? attempts;
  }
  return Math.min(attempts ?? 0, MAX_RETRIES);
}

/** The gateway itself allows five. */
const MAX_RETRIES = 5;

function attemptsOf(node: JsonValue | undefined): number | undefined {
  const retry = isJsonObject(node) ? node["retry"] : undefined;
  const attempts = isJsonObject(retry) ? retry["attempts"] : undefined;
  return typeof attempts === "number" && Number.isSafeInteger(attempts) && attempts >= 0 ? attempts : undefined;
}

function indexesIn(path: string): number[] {
  return Array.from(path.matchAll(/\.targets\[(\d+)\]/g), ([, index]) => Number(index));
}

/** A config by its id is kept at the gateway. */
function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined || !text.trimStart().startsWith("{")) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
