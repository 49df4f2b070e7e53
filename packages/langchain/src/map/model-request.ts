import type { ModelCall } from "@portkey-tracing/core";
import { type Fields, fieldsOf, listIn, textIn } from "../read.ts";
import { toOpenAIMessage } from "./messages.ts";

/** Parameters of a request that are kept. What is not named here may be a secret, a client or a header. */
const PARAMETERS: ReadonlySet<string> = new Set(
  `
  temperature top_p top_k max_tokens max_completion_tokens max_output_tokens maxOutputTokens n stop
  stop_sequences stopSequences frequency_penalty presence_penalty seed logprobs top_logprobs logit_bias
  response_format text tools tool_choice parallel_tool_calls functions function_call stream stream_options
  modalities audio prediction reasoning reasoning_effort verbosity service_tier store include truncation
  thinking strict num_ctx num_predict format inferenceConfig toolConfig generationConfig`
    .trim()
    .split(/\s+/),
);

/** LangChain's provider names as Portkey has them. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: "azure-openai",
  azure_openai: "azure-openai",
  google_genai: "google",
  google_vertexai: "vertex-ai",
  amazon_bedrock: "bedrock",
  mistral: "mistral-ai",
  mistralai: "mistral-ai",
  fireworks: "fireworks-ai",
  together: "together-ai",
  perplexity: "perplexity-ai",
  xai: "x-ai",
};

/** Request of a chat model, in OpenAI's shape. */
export function toChatRequest(
  messages: unknown,
  extraParams: unknown,
  metadata: unknown,
  inlineMedia = false,
): Record<string, unknown> {
  const conversation = listIn(listIn(messages)[0]).map((message) => toOpenAIMessage(message, inlineMedia));
  const request = toParameters(extraParams, metadata);
  request["messages"] = conversation;
  return request;
}

/** Request of a completion model, in OpenAI's shape. */
export function toCompletionRequest(
  prompts: unknown,
  extraParams: unknown,
  metadata: unknown,
): Record<string, unknown> {
  const list = listIn(prompts);
  return { ...toParameters(extraParams, metadata), prompt: list.length === 1 ? list[0] : list };
}

function toParameters(extraParams: unknown, metadata: unknown): Record<string, unknown> {
  const given = fieldsOf(fieldsOf(extraParams)["invocation_params"]);
  const known = fieldsOf(metadata);
  const model =
    textIn(given["model"]) ??
    textIn(given["modelName"]) ??
    textIn(given["model_name"]) ??
    textIn(known["ls_model_name"]);
  const kept: Record<string, unknown> = {};
  if (model !== undefined) kept["model"] = model;
  for (const name in given) if (PARAMETERS.has(name) && given[name] !== undefined) kept[name] = given[name];
  return kept;
}

/** Models of other providers that are made of OpenAI's, and say that they are OpenAI's. */
const OWNERS: Readonly<Record<string, string>> = { ChatDeepSeek: "deepseek" };

function ownerOf(serialized: unknown): string | undefined {
  const kind = textIn(listIn(fieldsOf(serialized)["id"]).at(-1));
  return kind === undefined ? undefined : OWNERS[kind];
}

/** Provider and address of the call, as far as LangChain tells them. */
export function toModelCall(serialized: unknown, extraParams: unknown, metadata: unknown): ModelCall {
  const named = ownerOf(serialized) ?? textIn(fieldsOf(metadata)["ls_provider"]);
  const provider = named === undefined ? undefined : (PROVIDERS[named] ?? named);
  const url = addressOf(serialized, provider);
  const streamed = fieldsOf(fieldsOf(extraParams)["invocation_params"])["stream"] === true;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(url === undefined ? {} : { url }),
    ...(streamed ? { streamed } : {}),
  };
}

/**
 * `kwargs.configuration` of a serialized model holds keys and headers in clear text. One member of it is read here, the
 * base URL, and of that neither user name, password nor query.
 */
function addressOf(serialized: unknown, provider: string | undefined): string | undefined {
  const kwargs: Fields = fieldsOf(fieldsOf(serialized)["kwargs"]);
  const configuration = fieldsOf(kwargs["configuration"]);
  const base = textIn(configuration["baseURL"]) ?? textIn(configuration["basePath"]);
  const known = provider === "openai" ? (base ?? addressOfOpenAI()) : base;
  const address = known === undefined ? undefined : withoutSecretParts(known);
  if (address === undefined) return undefined;
  return `${address}/${kwargs["useResponsesApi"] === true ? "responses" : "chat/completions"}`;
}

/** Where OpenAI's client asks when it is not told: a gateway may stand in the environment. */
function addressOfOpenAI(): string {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
  return textIn(process?.env?.["OPENAI_BASE_URL"]?.trim()) ?? "https://api.openai.com/v1";
}

const MAX_REMEMBERED = 256;
const addresses = new Map<string, string | undefined>();

/** Origin and path of an address. Remembered: a program has few, and parsing one costs as much as the rest of the call. */
function withoutSecretParts(text: string): string | undefined {
  if (addresses.has(text)) return addresses.get(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const address = url === undefined ? undefined : `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  if (addresses.size < MAX_REMEMBERED) addresses.set(text, address);
  return address;
}
