// Models that answer in the process: what is left to measure is LangChain and the handler. As with real ones, the event
// loop turns while they answer: without that, no handler could send before the last root is done.
import { setTimeout as sleep } from "node:timers/promises";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { flat, prose } from "./text.mjs";

const ANSWER = flat(prose(600, 7));
const TOKENS_A_TURN = 10;
const PARAMETERS = { model: "gpt-4o-mini", temperature: 0.2, top_p: 1, max_tokens: 512 };

/** Answers like OpenAI's chat models do: text, usage, response metadata; or the same as a stream of tokens. */
export class LocalChatModel extends BaseChatModel {
  constructor({ tokens = 0, latencyMs = 0, ...rest } = {}) {
    super(rest);
    this.latencyMs = latencyMs;
    this.pieces = Array.from({ length: tokens }, (_, index) => ` token${index % 10}`);
  }

  _llmType() {
    return "openai";
  }

  invocationParams(options) {
    return { ...PARAMETERS, stop: options?.stop, stream: this.pieces.length > 0 };
  }

  getLsParams(options) {
    return {
      ls_provider: "openai",
      ls_model_name: PARAMETERS.model,
      ls_model_type: "chat",
      ls_temperature: PARAMETERS.temperature,
      ls_max_tokens: PARAMETERS.max_tokens,
      ls_stop: options?.stop,
    };
  }

  async _generate() {
    await (this.latencyMs > 0 ? sleep(this.latencyMs) : turn());
    const message = new AIMessage({
      content: ANSWER,
      response_metadata: { model_name: PARAMETERS.model, finish_reason: "stop", system_fingerprint: "fp_1" },
      usage_metadata: usage(),
    });
    return { generations: [{ message, text: ANSWER }] };
  }

  async *_streamResponseChunks(_messages, _options, runManager) {
    for (const [index, text] of this.pieces.entries()) {
      if (index % TOKENS_A_TURN === 0) await turn();
      const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) });
      yield chunk;
      await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
    const last = { content: "", response_metadata: { finish_reason: "stop" }, usage_metadata: usage() };
    yield new ChatGenerationChunk({ text: "", message: new AIMessageChunk(last) });
  }
}

/** One turn of the event loop. */
function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

function usage() {
  return { input_tokens: 120, output_tokens: 150, total_tokens: 270 };
}
