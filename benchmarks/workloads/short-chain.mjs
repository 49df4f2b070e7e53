import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { LocalChatModel } from "../lib/models.mjs";
import { flat, prose } from "../lib/text.mjs";

/** Prompt, model, parser: the chain of every first tutorial. */
export function createChain(model = new LocalChatModel()) {
  const prompt = ChatPromptTemplate.fromMessages([
    ["system", "You are a helpful assistant of the support team. Answer in one paragraph."],
    ["human", "{question}"],
  ]);
  return prompt.pipe(model).pipe(new StringOutputParser());
}

/** 4 spans: the sequence, the prompt, the model, the parser. */
export function createShortChain(modelOptions) {
  const chain = createChain(new LocalChatModel(modelOptions));
  const question = flat(prose(200, 1));
  return (index, callbacks) =>
    chain.invoke({ question: `${index}: ${question}` }, { callbacks, metadata: { tenant: "acme" }, tags: ["support"] });
}
