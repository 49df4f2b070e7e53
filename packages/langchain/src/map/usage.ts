import type { Usage } from "@portkey-tracing/core";
import { type Fields, fieldsOf, listIn, numberIn } from "../read.ts";

/**
 * Token counts of a model's answer, in OpenAI's shape, from the first place that has real ones. Estimates are not
 * taken, several generations of one call share one count, and where nothing was counted there is nothing.
 */
export function toUsage(result: unknown): Usage | undefined {
  const { generations, llmOutput } = fieldsOf(result);
  const generation = fieldsOf(listIn(listIn(generations)[0])[0]);
  const message = fieldsOf(generation["message"]);
  const output = fieldsOf(llmOutput);
  const metadata = fieldsOf(message["response_metadata"]);
  const own = [output["usage"], metadata["usage"], fieldsOf(metadata["x_groq"])["usage"]];
  const counted =
    fromVertex(generation, message) ??
    fromUsageMetadata(message["usage_metadata"]) ??
    fromCounts(output["tokenUsage"]) ??
    own.reduce<Usage | undefined>((found, given) => found ?? fromCounts(given), undefined);
  return counted === undefined || hasDetails(counted) ? counted : withDetailsOf(counted, own);
}

/**
 * `@langchain/google-vertexai` leaves its counts beside the message, too, and those of Claude there alone. Of Claude it
 * hands on Anthropic's own counts, in which cached tokens are no part of the input.
 */
function fromVertex(generation: Fields, message: Fields): Usage | undefined {
  const beside =
    fieldsOf(generation["generationInfo"])["usage_metadata"] ??
    fieldsOf(message["response_metadata"])["usage_metadata"];
  const given = fieldsOf(message["usage_metadata"] ?? beside);
  const details = fieldsOf(given["input_token_details"]);
  const written = numberIn(details["cache_creation"]);
  const counted = beside === undefined ? undefined : fromUsageMetadata(given);
  if (counted === undefined || written === undefined) return counted;
  const cached = (numberIn(details["cache_read"]) ?? 0) + written;
  return {
    ...counted,
    prompt_tokens: counted.prompt_tokens + cached,
    total_tokens: counted.total_tokens + cached,
  };
}

function hasDetails(usage: Usage): boolean {
  return usage.prompt_tokens_details !== undefined || usage.completion_tokens_details !== undefined;
}

/** Some integrations hand on the counts and leave the provider's details behind, in what they hand on as it was. */
function withDetailsOf(counted: Usage, own: readonly unknown[]): Usage {
  for (const given of own) {
    const usage = fromCounts(given);
    const isSame =
      usage?.prompt_tokens === counted.prompt_tokens && usage.completion_tokens === counted.completion_tokens;
    if (isSame && hasDetails(usage)) return { ...usage, total_tokens: counted.total_tokens };
  }
  return counted;
}

/** What an answer from LangChain's cache spends. */
export const NO_TOKENS: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** Integrations write zeros where they were told nothing: no call to a model spends no token at all. */
function isNothing(input: number, output: unknown): boolean {
  return input === 0 && (numberIn(output) ?? 0) === 0;
}

/** LangChain's own shape: details are contained in the counts. Some versions of integrations name them as OpenAI does. */
export function fromUsageMetadata(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  const input = numberIn(usage["input_tokens"]);
  if (input === undefined || isNothing(input, usage["output_tokens"])) return undefined;
  const inputDetails = fieldsOf(usage["input_token_details"] ?? usage["input_tokens_details"]);
  const outputDetails = fieldsOf(usage["output_token_details"] ?? usage["output_tokens_details"]);
  return toCounts(input, usage["output_tokens"], usage["total_tokens"], {
    cached: inputDetails["cache_read"] ?? inputDetails["cached_tokens"],
    created: inputDetails["cache_creation"],
    audioIn: inputDetails["audio"] ?? inputDetails["audio_tokens"],
    reasoning: outputDetails["reasoning"] ?? outputDetails["reasoning_tokens"],
    audioOut: outputDetails["audio"] ?? outputDetails["audio_tokens"],
  });
}

/** What providers and older integrations give: camel case, OpenAI's snake case, or Anthropic's. */
function fromCounts(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  const isAnthropic = "cache_read_input_tokens" in usage || "cache_creation_input_tokens" in usage;
  const input = numberIn(usage["promptTokens"]) ?? numberIn(usage["prompt_tokens"]) ?? numberIn(usage["input_tokens"]);
  if (input === undefined) return undefined;
  const output = usage["completionTokens"] ?? usage["completion_tokens"] ?? usage["output_tokens"];
  if (isNothing(input, output)) return undefined;
  const total = usage["totalTokens"] ?? usage["total_tokens"];
  const inputDetails = fieldsOf(usage["prompt_tokens_details"] ?? usage["input_tokens_details"]);
  const outputDetails = fieldsOf(usage["completion_tokens_details"] ?? usage["output_tokens_details"]);
  const cached = usage["cache_read_input_tokens"] ?? inputDetails["cached_tokens"];
  const created = usage["cache_creation_input_tokens"];
  // Anthropic counts cached tokens beside the input, OpenAI among it.
  const whole = isAnthropic ? input + (numberIn(cached) ?? 0) + (numberIn(created) ?? 0) : input;
  return toCounts(whole, output, total, {
    cached,
    created,
    audioIn: inputDetails["audio_tokens"],
    reasoning: outputDetails["reasoning_tokens"],
    audioOut: outputDetails["audio_tokens"],
  });
}

/** xAI counts reasoning beside the completion, as its total shows; all others count it among it. */
function toCounts(input: number, output: unknown, total: unknown, details: Fields): Usage {
  const told = numberIn(output) ?? 0;
  const reasoning = numberIn(details["reasoning"]) ?? 0;
  const completion = numberIn(total) === input + told + reasoning ? told + reasoning : told;
  const promptDetails = counts({
    cached_tokens: details["cached"],
    cache_creation_tokens: details["created"],
    audio_tokens: details["audioIn"],
  });
  const completionDetails = counts({ reasoning_tokens: details["reasoning"], audio_tokens: details["audioOut"] });
  return {
    prompt_tokens: input,
    completion_tokens: completion,
    total_tokens: numberIn(total) ?? input + completion,
    ...(promptDetails === undefined ? {} : { prompt_tokens_details: promptDetails }),
    ...(completionDetails === undefined ? {} : { completion_tokens_details: completionDetails }),
  };
}

function counts(fields: Fields): Record<string, number> | undefined {
  let known: Record<string, number> | undefined;
  for (const key in fields) {
    const count = numberIn(fields[key]);
    if (count !== undefined) (known ??= {})[key] = count;
  }
  return known;
}
