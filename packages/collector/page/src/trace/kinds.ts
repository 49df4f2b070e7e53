/** Types of spans by what they are about: five colours say more than sixteen. */
export type Kind = "model" | "tool" | "data" | "agent" | "other";

const KINDS: Readonly<Record<string, Kind>> = {
  llm: "model",
  embedding: "model",
  tool: "tool",
  retriever: "data",
  reranker: "data",
  ingestion: "data",
  query: "data",
  agent: "agent",
  workflow: "agent",
  chat_engine: "agent",
};

/** What a type of span is about. */
export function kindOf(type: string): Kind {
  return KINDS[type] ?? "other";
}

/** A type in words. */
export function typeName(type: string): string {
  return type.replaceAll("_", " ");
}
