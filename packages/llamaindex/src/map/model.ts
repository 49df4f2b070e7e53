import type { ModelCall } from "@portkey-tracing/core";
import { className, isLive, type Live, read, readList, readText } from "../shapes.ts";
import { toMessages } from "./messages.ts";

/** Providers as Portkey names them, by the names of LlamaIndex's classes. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/azure/i, "azure-openai"],
  [/anthropic|claude/i, "anthropic"],
  [/gemini|google|vertex/i, "google"],
  [/mistral/i, "mistral-ai"],
  [/ollama/i, "ollama"],
  [/bedrock/i, "bedrock"],
  [/groq/i, "groq"],
  [/deepseek/i, "deepseek"],
  [/together/i, "together-ai"],
  [/fireworks/i, "fireworks-ai"],
  [/perplexity/i, "perplexity-ai"],
  [/cohere/i, "cohere"],
  [/voyage/i, "voyage"],
  [/jina/i, "jina"],
  [/xai|grok/i, "x-ai"],
  [/openai/i, "openai"],
];

/** Parameters of a model object that belong to its requests, by OpenAI's names. */
const PARAMETERS: readonly (readonly [string, string])[] = [
  ["temperature", "temperature"],
  ["topP", "top_p"],
  ["top_p", "top_p"],
  ["maxTokens", "max_tokens"],
  ["maxOutputTokens", "max_tokens"],
  ["reasoningEffort", "reasoning_effort"],
  ["dimensions", "dimensions"],
];

/** Provider and address of a model, from the object that calls it. */
export function toModelCall(model: unknown, path: string, streamed: boolean): ModelCall {
  const own = providerOf(className(model));
  const provider = own ?? providerOf(readText(read(model, "model"), "provider"));
  const client = read(read(model, "session"), "anthropic");
  const base =
    readText(model, "baseURL") ??
    readText(client, "baseURL") ??
    readText(read(model, "additionalSessionOptions"), "baseURL") ??
    (own === "openai" ? "https://api.openai.com/v1" : undefined);
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(base === undefined ? {} : { url: `${withoutQuery(base)}/${path}` }),
    ...(streamed ? { streamed } : {}),
  };
}

function providerOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : PROVIDERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Name of the model that an object calls, which may be an object of the Vercel SDK; else the name of its class. */
export function toModelName(model: unknown): string {
  const name = read(model, "model");
  const found = typeof name === "string" ? name : readText(name, "modelId");
  return found ?? readText(read(model, "metadata"), "model") ?? className(model);
}

/** The request of a chat, in OpenAI's shape. */
export function toChatRequest(llm: unknown, params: unknown): Record<string, unknown> {
  const tools = readList(params, "tools").map(toTool);
  const responseFormat = read(params, "responseFormat");
  const prompt = read(params, "prompt");
  return {
    model: toModelName(llm),
    messages: toMessages(prompt === undefined ? read(params, "messages") : [{ role: "user", content: prompt }]),
    ...toParameters(llm),
    ...plain(read(llm, "additionalChatOptions")),
    ...plain(read(params, "additionalChatOptions")),
    ...(tools.length > 0 ? { tools } : {}),
    ...(responseFormat === undefined ? {} : { response_format: toFormat(responseFormat) }),
    ...(read(params, "stream") === true ? { stream: true } : {}),
  };
}

/** The parameters that a model object adds to each request. */
export function toParameters(model: unknown): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [member, name] of PARAMETERS) {
    const value = read(model, member) ?? read(read(model, "options"), member);
    if (typeof value === "number" || typeof value === "string") parameters[name] ??= value;
  }
  return parameters;
}

function toTool(tool: unknown): unknown {
  const metadata = read(tool, "metadata");
  const { name, description, parameters } = isLive(metadata) ? metadata : ({} as Live);
  return { type: "function", function: { name, description, ...(parameters === undefined ? {} : { parameters }) } };
}

/** A schema object of zod is large and says little. */
function toFormat(format: unknown): unknown {
  return typeof read(format, "safeParse") === "function" ? { type: "json_schema" } : format;
}

function plain(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** Addresses may carry keys in their query or user part. */
function withoutQuery(address: string): string {
  const bare = address.split(/[?#]/)[0] ?? address;
  return bare.replace(/\/\/[^/@]*@/, "//").replace(/\/+$/, "");
}
