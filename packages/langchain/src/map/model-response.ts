import type { ModelCall } from "@portkey-tracing/core";
import { defined, type Fields, fieldsOf, listIn, textIn } from "../read.ts";
import { toOpenAIMessage, UNREADABLE } from "./messages.ts";
import { readable } from "./readable.ts";
import { NO_TOKENS, toUsage } from "./usage.ts";

/** Answer of a model, in the shape of OpenAI's chat completions. Parts that cannot be read are missing; never throws. */
export function toModelResponse(result: unknown, inlineMedia = false, isCached = false): Record<string, unknown> {
  const generations = readable(() => listIn(listIn(fieldsOf(result)["generations"])[0]), []);
  return defined({
    ...readable(() => toFacts(result, generations[0]), {}),
    object: "chat.completion",
    choices: generations.map((generation, index) => toChoice(generation, index, inlineMedia)),
    usage: isCached ? NO_TOKENS : readable(() => toUsage(result), undefined),
  });
}

function toFacts(result: unknown, generation: unknown): Record<string, unknown> {
  const first = fieldsOf(fieldsOf(generation)["message"]);
  const metadata = fieldsOf(first["response_metadata"]);
  const output = fieldsOf(fieldsOf(result)["llmOutput"]);
  return {
    id: textIn(metadata["id"]) ?? idOf(first),
    model: modelOf(metadata) ?? textIn(output["model"]) ?? textIn(fieldsOf(first["additional_kwargs"])["model"]),
    system_fingerprint: textIn(metadata["system_fingerprint"]),
    service_tier: textIn(metadata["service_tier"]),
  };
}

/** A message without an id of the provider's has one that LangChain made up. */
function idOf(message: Fields): string | undefined {
  const id = textIn(message["id"]);
  return id?.startsWith("run-") === true ? undefined : id;
}

/** What an answer adds to what is known of the call. */
export function toAnsweredCall(extraParams: unknown): ModelCall {
  return fieldsOf(extraParams)["cached"] === true ? { cached: true } : {};
}

function toChoice(generation: unknown, index: number, inlineMedia: boolean): Record<string, unknown> {
  const message = readable(() => toAnswer(fieldsOf(generation), inlineMedia), UNREADABLE);
  return { index, message, finish_reason: readable(() => toFinishReason(fieldsOf(generation)), undefined) ?? null };
}

function toAnswer(generation: Fields, inlineMedia: boolean): unknown {
  const message = generation["message"];
  return message === undefined
    ? { role: "assistant", content: generation["text"] }
    : toOpenAIMessage(message, inlineMedia);
}

function toFinishReason(generation: Fields): string | undefined {
  const message = fieldsOf(generation["message"]);
  const metadata = fieldsOf(message["response_metadata"]);
  // Streams of Bedrock's leave the end of the message whole.
  for (const place of [generation["generationInfo"], metadata, message["additional_kwargs"], metadata["messageStop"]]) {
    const source = fieldsOf(place);
    for (const key of ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"]) {
      const reason = textIn(source[key]);
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}

/** Streams of the Responses API add the model's name to itself. */
function modelOf(metadata: Fields): string | undefined {
  const name = textIn(metadata["model_name"]) ?? textIn(metadata["model"]) ?? textIn(metadata["modelId"]);
  const half = name?.slice(0, name.length / 2);
  return half !== undefined && half !== "" && half + half === name ? half : name;
}
