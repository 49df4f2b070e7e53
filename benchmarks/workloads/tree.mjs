import { RunnableLambda } from "@langchain/core/runnables";
import { flat, prose } from "../lib/text.mjs";
import { createChain } from "./short-chain.mjs";

const STEPS = 10;

/** 51 spans: a root, and below it ten steps that each run a chain of four. */
export function createTree() {
  const chain = createChain();
  const step = RunnableLambda.from(async ({ question, number }, config) => {
    const answer = await chain.invoke({ question }, config);
    return { number, answer };
  }).withConfig({ runName: "step" });
  const root = RunnableLambda.from(async ({ question }, config) => {
    const answers = [];
    for (let index = 0; index < STEPS; index++) answers.push(await step.invoke({ question, number: index }, config));
    return { answers: answers.length, last: answers.at(-1) };
  }).withConfig({ runName: "plan" });
  const question = flat(prose(200, 2));
  return (index, callbacks) =>
    root.invoke({ question: `${index}: ${question}` }, { callbacks, metadata: { tenant: "acme" }, tags: ["support"] });
}
