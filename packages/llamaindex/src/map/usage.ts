import type { Usage } from "@portkey-tracing/core";
import { isLive, read, readNumber } from "../shapes.ts";

/**
 * Token counts of a provider's raw answer, in OpenAI's shape. Knows the answers of OpenAI (chat and responses),
 * Anthropic, Gemini, Mistral, Ollama, Bedrock, DeepSeek, Groq and the Vercel SDK.
 */
export function toUsage(raw: unknown): Usage | undefined {
  const bedrock = read(raw, "amazon-bedrock-invocationMetrics");
  if (isLive(bedrock))
    return total(readNumber(bedrock, "inputTokenCount") ?? 0, readNumber(bedrock, "outputTokenCount") ?? 0);
  const gemini = read(raw, "usageMetadata");
  if (isLive(gemini)) return fromGemini(gemini);
  // Groq's streams count in a part of their own.
  const usage = read(raw, "usage") ?? read(read(raw, "response"), "usage") ?? read(read(raw, "x_groq"), "usage");
  if (isLive(usage)) return fromAnthropic(usage) ?? fromOpenAI(usage);
  const prompt = readNumber(raw, "prompt_eval_count") ?? readNumber(raw, "prompt_token_count");
  const completion = readNumber(raw, "eval_count") ?? readNumber(raw, "generation_token_count");
  return prompt === undefined && completion === undefined ? undefined : total(prompt ?? 0, completion ?? 0);
}

function fromOpenAI(usage: object): Usage | undefined {
  const prompt = first(usage, "prompt_tokens", "input_tokens", "promptTokens", "inputTokens");
  const completion = first(usage, "completion_tokens", "output_tokens", "completionTokens", "outputTokens");
  if (prompt === undefined && completion === undefined) return undefined;
  const input = read(usage, "prompt_tokens_details") ?? read(usage, "input_tokens_details");
  const output = read(usage, "completion_tokens_details") ?? read(usage, "output_tokens_details");
  const cached = readNumber(input, "cached_tokens") ?? first(usage, "cachedInputTokens", "prompt_cache_hit_tokens");
  const audioIn = readNumber(input, "audio_tokens");
  const reasoning = readNumber(output, "reasoning_tokens") ?? readNumber(usage, "reasoningTokens");
  const audioOut = readNumber(output, "audio_tokens");
  return {
    ...total(prompt ?? 0, completion ?? 0, first(usage, "total_tokens", "totalTokens")),
    ...details("prompt_tokens_details", { cached_tokens: cached, audio_tokens: audioIn }),
    ...details("completion_tokens_details", { reasoning_tokens: reasoning, audio_tokens: audioOut }),
  };
}

/** Anthropic counts cached tokens beside the input tokens, OpenAI among the prompt tokens. */
function fromAnthropic(usage: object): Usage | undefined {
  const cacheRead = readNumber(usage, "cache_read_input_tokens");
  const cacheWrite = readNumber(usage, "cache_creation_input_tokens");
  if (cacheRead === undefined && cacheWrite === undefined) return undefined;
  const prompt = (readNumber(usage, "input_tokens") ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    ...total(prompt, readNumber(usage, "output_tokens") ?? 0),
    ...details("prompt_tokens_details", { cached_tokens: cacheRead, cache_creation_tokens: cacheWrite }),
  };
}

function fromGemini(usage: object): Usage {
  const thoughts = readNumber(usage, "thoughtsTokenCount");
  const prompt = (readNumber(usage, "promptTokenCount") ?? 0) + (readNumber(usage, "toolUsePromptTokenCount") ?? 0);
  const completion = (readNumber(usage, "candidatesTokenCount") ?? 0) + (thoughts ?? 0);
  return {
    ...total(prompt, completion, readNumber(usage, "totalTokenCount")),
    ...details("prompt_tokens_details", { cached_tokens: readNumber(usage, "cachedContentTokenCount") }),
    ...details("completion_tokens_details", { reasoning_tokens: thoughts }),
  };
}

function total(prompt: number, completion: number, sum = prompt + completion): Usage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: sum };
}

function first(usage: object, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = readNumber(usage, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Details of which at least one is known. */
function details(key: string, values: Record<string, number | undefined>): Record<string, Record<string, number>> {
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) known[name] = value;
  return Object.keys(known).length === 0 ? {} : { [key]: known };
}
