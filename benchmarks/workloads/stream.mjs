import { LocalChatModel } from "../lib/models.mjs";
import { flat, prose } from "../lib/text.mjs";
import { createChain } from "./short-chain.mjs";

/** 4 spans; the model's answer comes in 500 tokens. */
export function createStream() {
  const chain = createChain(new LocalChatModel({ tokens: 500 }));
  const question = flat(prose(200, 3));
  return async (index, callbacks) => {
    let length = 0;
    for await (const text of await chain.stream({ question: `${index}: ${question}` }, { callbacks })) {
      length += text.length;
    }
    return length;
  };
}
