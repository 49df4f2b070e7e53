import type { JsonObject, JsonValue, SpanType } from "@portkey-tracing/core";
import { toMessages } from "./messages.ts";
import type { OtlpSpan } from "./otlp-span.ts";

/** A reader of attributes under the names that several conventions have for one thing. */
export type Attribute = (...names: readonly string[]) => JsonValue | undefined;

/** What `gen_ai.operation.name` (and what older instrumentations say instead) stands for. */
const TYPES: ReadonlyMap<string, SpanType> = new Map(
  Object.entries<SpanType>({
    chat: "llm",
    completion: "llm",
    text_completion: "llm",
    generate_content: "llm",
    llm: "llm",
    embeddings: "embedding",
    embedding: "embedding",
    execute_tool: "tool",
    tool: "tool",
    invoke_agent: "agent",
    create_agent: "agent",
    agent: "agent",
    invoke_workflow: "workflow",
    workflow: "workflow",
    task: "step",
    retrieval: "retriever",
    retriever: "retriever",
    rerank: "reranker",
    reranker: "reranker",
    chain: "chain",
  }),
);

/** Parameters of a request, under the names of OpenAI's API. */
const PARAMETERS = {
  temperature: "gen_ai.request.temperature",
  top_p: "gen_ai.request.top_p",
  top_k: "gen_ai.request.top_k",
  max_tokens: "gen_ai.request.max_tokens",
  frequency_penalty: "gen_ai.request.frequency_penalty",
  presence_penalty: "gen_ai.request.presence_penalty",
  stop: "gen_ai.request.stop_sequences",
  seed: "gen_ai.request.seed",
  n: "gen_ai.request.choice.count",
};

/** The type of a span, by the semantic conventions for GenAI, else by those of OpenLLMetry and OpenInference. */
export function typeOf(attribute: Attribute): SpanType {
  const said = attribute("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind", "llm.request.type");
  return (typeof said === "string" ? TYPES.get(said.toLowerCase()) : undefined) ?? "span";
}

/** Attributes of a span, and of the event that carries the content in some instrumentations. */
export function attributeOf({ attributes, events }: OtlpSpan): Attribute {
  const details = events.find((event) => event.name === "gen_ai.client.inference.operation.details")?.attributes ?? {};
  return (...names) => {
    for (const name of names) {
      const value = attributes[name] ?? details[name];
      if (value !== undefined && value !== null && value !== "") return value;
    }
    return undefined;
  };
}

/** The request to a model, in OpenAI's shape. */
export function requestOf(attribute: Attribute, span: OtlpSpan): JsonObject {
  const model = attribute("gen_ai.request.model", "llm.model_name", "embedding.model_name", "gen_ai.response.model");
  const messages = toMessages({
    span,
    instructions: attribute("gen_ai.system_instructions"),
    list: attribute("gen_ai.input.messages", "gen_ai.prompt"),
    prefixes: ["gen_ai.prompt", "llm.input_messages"],
  });
  const tools = parsed(attribute("gen_ai.tool.definitions"));
  const input = attribute("gen_ai.embeddings.input", "input.value");
  const parameters = Object.entries(PARAMETERS).flatMap(([name, from]) => {
    const value = attribute(from);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(model === undefined ? {} : { model }),
    ...(messages.length > 0 ? { messages } : {}),
    ...(messages.length === 0 && input !== undefined ? { input: parsed(input) ?? input } : {}),
    ...(Array.isArray(tools) ? { tools } : {}),
    ...Object.fromEntries(parameters),
  };
}

/** The answer of a model, in OpenAI's shape. */
export function responseOf(attribute: Attribute, span: OtlpSpan): JsonObject {
  const model = attribute("gen_ai.response.model");
  const id = attribute("gen_ai.response.id");
  const reasons = attribute("gen_ai.response.finish_reasons");
  const messages = toMessages({
    span,
    list: attribute("gen_ai.output.messages", "gen_ai.completion"),
    prefixes: ["gen_ai.completion", "llm.output_messages"],
  });
  const choices = messages.map(({ finish_reason: own, ...message }, index) => {
    const reason = own ?? (Array.isArray(reasons) ? reasons[index] : undefined);
    return { index, message, ...(reason === undefined ? {} : { finish_reason: reason }) };
  });
  const output = attribute("output.value");
  const usage = usageOf(attribute);
  return {
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    ...(choices.length > 0 ? { choices } : {}),
    ...(choices.length === 0 && output !== undefined ? { output: parsed(output) ?? output } : {}),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The value in a JSON text, or what is no text; `undefined` where a text is no JSON. */
export function parsed(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    const json: JsonValue = JSON.parse(value);
    return json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function usageOf(attribute: Attribute): JsonObject | undefined {
  const count = (...names: string[]): number | undefined => {
    const value = Number(attribute(...names) ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? Math.trunc(value) : undefined;
  };
  const prompt = count("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt");
  const completion = count(
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
  );
  if (prompt === undefined && completion === undefined) return undefined;
  const cached = count("gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt_details.cache_read");
  const reasoning = count("gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning");
  return {
    prompt_tokens: prompt ?? 0,
    completion_tokens: completion ?? 0,
    total_tokens: (prompt ?? 0) + (completion ?? 0),
    ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
