import { describe, expect, it } from "vitest";
import { toUsage } from "./usage.ts";

const counts = (prompt: number, completion: number) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

describe("toUsage", () => {
  it.each([
    ["OpenAI's chat", { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }, counts(7, 3)],
    [
      "OpenAI's details",
      {
        usage: {
          ...counts(7, 3),
          prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
      {
        ...counts(7, 3),
        prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    ],
    [
      "OpenAI's responses",
      { usage: { input_tokens: 7, output_tokens: 3, input_tokens_details: { cached_tokens: 2 } } },
      { ...counts(7, 3), prompt_tokens_details: { cached_tokens: 2 } },
    ],
    [
      "the last event of a stream of responses",
      { response: { usage: { input_tokens: 7, output_tokens: 3 } } },
      counts(7, 3),
    ],
    ["Anthropic", { usage: { input_tokens: 7, output_tokens: 3 } }, counts(7, 3)],
    [
      "Anthropic, which counts cached tokens beside the others",
      { usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 20, cache_creation_input_tokens: 5 } },
      { ...counts(32, 3), prompt_tokens_details: { cached_tokens: 20, cache_creation_tokens: 5 } },
    ],
    [
      "Gemini, which counts thoughts beside the answer",
      { usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 14 } },
      { ...counts(7, 7), completion_tokens_details: { reasoning_tokens: 4 } },
    ],
    [
      "Gemini, which counts what its own tools found beside the prompt",
      {
        usageMetadata: {
          promptTokenCount: 7,
          toolUsePromptTokenCount: 2,
          candidatesTokenCount: 3,
          totalTokenCount: 12,
        },
      },
      counts(9, 3),
    ],
    [
      "DeepSeek's cache",
      { usage: { ...counts(7, 3), prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 3 } },
      { ...counts(7, 3), prompt_tokens_details: { cached_tokens: 4 } },
    ],
    ["the last part of a stream of Groq's", { choices: [], x_groq: { id: "req", usage: counts(7, 3) } }, counts(7, 3)],
    ["Mistral", { usage: { promptTokens: 7, completionTokens: 3, totalTokens: 10 } }, counts(7, 3)],
    ["Bedrock and Vercel", { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } }, counts(7, 3)],
    ["Ollama", { prompt_eval_count: 7, eval_count: 3 }, counts(7, 3)],
  ])("reads %s", (_provider, raw, expected) => {
    expect(toUsage(raw)).toEqual(expected);
  });

  it.each([[undefined], [null], ["text"], [{}], [{ usage: null }], [{ usage: {} }], [[{ raw: {} }]]])(
    "knows that %j says nothing",
    (raw) => {
      expect(toUsage(raw)).toBeUndefined();
    },
  );
});
