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
    fromUsageMetadata(message["usage_metadata"]) ??
    fromCounts(output["tokenUsage"]) ??
    own.reduce<Usage | undefined>((found, given) => found ?? fromCounts(given), undefined);
  return counted === undefined || hasDetails(counted) ? counted : withDetailsOf(counted, own);
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

/** LangChain's own shape: details are contained in the counts. Some versions of integrations name them as OpenAI does. */
export function fromUsageMetadata(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  const input = numberIn(usage["input_tokens"]);
  if (input === undefined) return undefined;
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

function toCounts(input: number, output: unknown, total: unknown, details: Fields): Usage {
  const completion = numberIn(output) ?? 0;
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
