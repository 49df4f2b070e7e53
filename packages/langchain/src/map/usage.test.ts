import { describe, expect, it } from "vitest";
import { toUsage } from "./usage.ts";

const answer = (message: object, llmOutput?: object): unknown => ({ generations: [[{ message }]], llmOutput });

const ZEROS = { input_tokens: 0, output_tokens: 0, total_tokens: 0, input_token_details: { cache_read: 0 } };

describe("where the tokens of an answer are", () => {
  it.each<[string, unknown, object]>([
    [
      "LangChain's own usage, which comes first",
      answer(
        {
          usage_metadata: {
            input_tokens: 20,
            output_tokens: 5,
            total_tokens: 25,
            input_token_details: { cache_read: 3, cache_creation: 4, audio: 1 },
            output_token_details: { reasoning: 2, audio: 1 },
          },
        },
        { tokenUsage: { promptTokens: 99 } },
      ),
      {
        prompt_tokens: 20,
        completion_tokens: 5,
        total_tokens: 25,
        prompt_tokens_details: { cached_tokens: 3, cache_creation_tokens: 4, audio_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 1 },
      },
    ],
    [
      "llmOutput of a completion model, without a message",
      {
        generations: [[{ text: "x" }]],
        llmOutput: { tokenUsage: { promptTokens: 10, completionTokens: 3, totalTokens: 13 } },
      },
      { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 },
    ],
    [
      "OpenRouter, in snake case",
      answer({}, { tokenUsage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } }),
      { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 },
    ],
    [
      "Anthropic's own answer, where cached tokens are counted beside the input",
      answer(
        {},
        { usage: { input_tokens: 10, output_tokens: 4, cache_read_input_tokens: 90, cache_creation_input_tokens: 5 } },
      ),
      {
        prompt_tokens: 105,
        completion_tokens: 4,
        total_tokens: 109,
        prompt_tokens_details: { cached_tokens: 90, cache_creation_tokens: 5 },
      },
    ],
    [
      "OpenAI's own answer in response_metadata",
      answer({
        response_metadata: {
          usage: {
            prompt_tokens: 7,
            completion_tokens: 3,
            total_tokens: 10,
            prompt_tokens_details: { cached_tokens: 2 },
          },
        },
      }),
      { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: { cached_tokens: 2 } },
    ],
    [
      "details under OpenAI's names, as the Responses API had them in between",
      answer({
        usage_metadata: {
          input_tokens: 10,
          output_tokens: 3,
          total_tokens: 13,
          input_tokens_details: { cached_tokens: 3 },
          output_tokens_details: { reasoning_tokens: 2 },
        },
      }),
      {
        prompt_tokens: 10,
        completion_tokens: 3,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    ],
    [
      "details that only the provider's own counts have, of the same tokens",
      answer({
        usage_metadata: { input_tokens: 10, output_tokens: 4, total_tokens: 14 },
        response_metadata: {
          usage: { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } },
        },
      }),
      {
        prompt_tokens: 10,
        completion_tokens: 4,
        total_tokens: 14,
        prompt_tokens_details: { cached_tokens: 3 },
      },
    ],
    [
      "no details of other tokens",
      answer({
        usage_metadata: { input_tokens: 10, output_tokens: 4, total_tokens: 14 },
        response_metadata: {
          usage: { prompt_tokens: 99, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } },
        },
      }),
      { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
    ],
    [
      "xAI, where reasoning is counted beside the answer, as its total shows",
      answer({
        usage_metadata: {
          input_tokens: 32,
          output_tokens: 9,
          total_tokens: 135,
          output_token_details: { reasoning: 94 },
        },
      }),
      {
        prompt_tokens: 32,
        completion_tokens: 103,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
    ],
    [
      "Claude on Vertex, whose counts stand beside the message, as Anthropic counts",
      {
        generations: [
          [
            {
              message: {},
              generationInfo: {
                usage_metadata: {
                  input_tokens: 10,
                  output_tokens: 4,
                  total_tokens: 14,
                  input_token_details: { cache_read: 90, cache_creation: 5 },
                },
              },
            },
          ],
        ],
      },
      {
        prompt_tokens: 105,
        completion_tokens: 4,
        total_tokens: 109,
        prompt_tokens_details: { cached_tokens: 90, cache_creation_tokens: 5 },
      },
    ],
    [
      "thoughts that are in the total but not in the output",
      answer({ usage_metadata: { input_tokens: 5, output_tokens: 2, total_tokens: 12 } }),
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 12 },
    ],
  ])("%s", (_name, result, expected) => {
    expect(toUsage(result)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["an estimate", answer({}, { estimatedTokenUsage: { promptTokens: 5, completionTokens: 5, totalTokens: 10 } })],
    ["counts that are undefined", answer({}, { tokenUsage: { promptTokens: undefined, completionTokens: undefined } })],
    ["zeros, which integrations write where they were told nothing", answer({ usage_metadata: ZEROS })],
    ["the same in llmOutput", answer({}, { tokenUsage: { promptTokens: 0, completionTokens: 0, totalTokens: 0 } })],
    ["usage that is empty", answer({ response_metadata: { usage: {} } })],
    ["no generation", { generations: [[undefined]] }],
    ["no generations", { generations: [], llmOutput: undefined }],
    ["no result", undefined],
  ])("nothing is made up from %s", (_name, result) => {
    expect(toUsage(result)).toBeUndefined();
  });
});
