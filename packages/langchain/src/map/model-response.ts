import type { ModelCall } from "@portkey-tracing/core";
import { defined, type Fields, fieldsOf, listIn, textIn } from "../read.ts";
import { toOpenAIMessage } from "./messages.ts";
import { toUsage } from "./usage.ts";

/** Answer of a model, in the shape of OpenAI's chat completions. */
export function toModelResponse(result: unknown): Record<string, unknown> {
  const generations = listIn(listIn(fieldsOf(result)["generations"])[0]);
  const first = fieldsOf(fieldsOf(generations[0])["message"]);
  const metadata = fieldsOf(first["response_metadata"]);
  const output = fieldsOf(fieldsOf(result)["llmOutput"]);
  return defined({
    id: textIn(metadata["id"]) ?? textIn(first["id"]),
    object: "chat.completion",
    model: modelOf(metadata) ?? textIn(output["model"]),
    choices: generations.map(toChoice),
    usage: toUsage(result),
    system_fingerprint: textIn(metadata["system_fingerprint"]),
    service_tier: textIn(metadata["service_tier"]),
  });
}

/** What an answer adds to what is known of the call. */
export function toAnsweredCall(extraParams: unknown): ModelCall {
  return fieldsOf(extraParams)["cached"] === true ? { cached: true } : {};
}

function toChoice(generation: unknown, index: number): Record<string, unknown> {
  const fields = fieldsOf(generation);
  const message = fields["message"];
  return {
    index,
    message: message === undefined ? { role: "assistant", content: fields["text"] } : toOpenAIMessage(message),
    finish_reason: finishReasonOf(fields, fieldsOf(fieldsOf(message)["response_metadata"])) ?? null,
  };
}

function finishReasonOf(generation: Fields, metadata: Fields): string | undefined {
  const info = fieldsOf(generation["generationInfo"]);
  for (const source of [info, metadata]) {
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
