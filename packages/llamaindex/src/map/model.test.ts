import { describe, expect, it } from "vitest";
import { toModelCall } from "./model.ts";

class DeepSeekLLM {
  readonly additionalSessionOptions = { baseURL: "https://key:secret@api.deepseek.com/v1/?key=secret" };
}

class OpenAI {
  readonly baseURL?: string;
  constructor(baseURL?: string) {
    if (baseURL !== undefined) this.baseURL = baseURL;
  }
}

describe("toModelCall", () => {
  it.each([
    ["the client's options", new DeepSeekLLM(), "deepseek", "https://api.deepseek.com/v1/chat/completions"],
    ["the model", new OpenAI("http://127.0.0.1/v1"), "openai", "http://127.0.0.1/v1/chat/completions"],
    ["what OpenAI's has by default", new OpenAI(), "openai", "https://api.openai.com/v1/chat/completions"],
  ])("takes the address from %s, without what is secret in it", (_where, model, provider, url) => {
    expect(toModelCall(model, "chat/completions", false)).toEqual({ provider, url });
  });

  it("names no address that is not known", () => {
    expect(toModelCall({ model: "own-1" }, "chat/completions", true)).toEqual({ streamed: true });
  });
});
