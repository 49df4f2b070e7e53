import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { flat, prose } from "../lib/text.mjs";
import { createChain } from "./short-chain.mjs";

/** One document of the twenty holds characters outside Latin-1. */
const DOCUMENTS = Array.from({ length: 20 }, (_, index) => ({
  pageContent: flat(prose(10_000, 100 + index, index === 7)),
  metadata: { source: `guide-${index}.md`, page: index, score: 1 - index / 100 },
}));

class LocalRetriever extends BaseRetriever {
  lc_namespace = ["benchmarks"];

  async _getRelevantDocuments() {
    return DOCUMENTS.map((fields) => new Document(fields));
  }
}

/** 6 spans: a root, a retriever with 200 KB of documents, and a chain of four whose one message has 100 KB. */
export function createDocuments() {
  const retriever = new LocalRetriever();
  const chain = createChain();
  const message = flat(prose(100_000, 4));
  const root = RunnableLambda.from(async ({ question }, config) => {
    const documents = await retriever.invoke(question, config);
    const answer = await chain.invoke({ question: message }, config);
    return { answer, sources: documents.length };
  }).withConfig({ runName: "answer" });
  return (index, callbacks) => root.invoke({ question: `${index}: which guide is it?` }, { callbacks });
}
