import {
  className,
  hasMethods,
  isChatAgent,
  isChatEngine,
  isEmbedding,
  isEventCaller,
  isLive,
  isLlm,
  isQueryEngine,
  isRetriever,
  isSynthesizer,
  isTool,
  read,
  readNumber,
  readText,
} from "../shapes.ts";

const MAX_EXCERPT = 2_000;

/**
 * The light stand-in of one of LlamaIndex's own objects: text and metadata of a node without its embedding, the message
 * of an answer without the provider's raw one, and only the name of what does work: models hold API keys.
 */
export function viewOf(value: object): unknown {
  if (isNode(value)) return toNode(value);
  if (isNodeWithScore(value)) return toScoredNode(value);
  if (isEngineResponse(value)) return toAnswer(value);
  if (isTool(value)) return { tool: readText(read(value, "metadata"), "name") ?? className(value) };
  return isWorker(value) ? `[${className(value)}]` : undefined;
}

/** Retrieved nodes: id, score, excerpt, metadata. */
export function toNodes(nodes: readonly unknown[]): readonly unknown[] {
  return nodes.map((node) => (isNodeWithScore(node) ? toScoredNode(node) : isNode(node) ? toNode(node) : node));
}

/** The text of a message's content: text parts joined, everything else named. */
export function toText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return readText(content, "text") ?? "";
  return content.map((part) => readText(part, "text") ?? "").join("\n");
}

/** What an engine answered: the text and the nodes it stands on. */
export function toAnswer(response: unknown): unknown {
  const content = read(read(response, "message"), "content");
  if (content === undefined) return response;
  const sources = read(response, "sourceNodes");
  const text = typeof content === "string" ? content : toText(content);
  return Array.isArray(sources) && sources.length > 0 ? { response: text, source_nodes: toNodes(sources) } : text;
}

function isNode(value: unknown): boolean {
  return typeof read(value, "id_") === "string" && hasMethods(value, "getContent");
}

function isNodeWithScore(value: unknown): boolean {
  return isLive(value) && isNode(read(value, "node"));
}

function isEngineResponse(value: unknown): boolean {
  return isLive(read(value, "message")) && "sourceNodes" in Object(value);
}

function isWorker(value: object): boolean {
  return (
    isLlm(value) ||
    isEmbedding(value) ||
    isQueryEngine(value) ||
    isRetriever(value) ||
    isSynthesizer(value) ||
    isChatAgent(value) ||
    isChatEngine(value) ||
    isEventCaller(value) ||
    hasMethods(value, "asQueryEngine") ||
    hasMethods(value, "createContext") ||
    hasMethods(value, "sendEvent")
  );
}

function toScoredNode(value: unknown): unknown {
  return { score: readNumber(value, "score") ?? null, ...toNode(read(value, "node")) };
}

function toNode(node: unknown): Record<string, unknown> {
  const text = readText(node, "text") ?? "";
  const excerpt = text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text;
  return { id: read(node, "id_"), text: excerpt, metadata: read(node, "metadata") };
}
