import { afterEach, describe, expect, it, vi } from "vitest";
import { toModelCall } from "./model-request.ts";

afterEach(() => vi.unstubAllEnvs());

const urlOf = (configuration: object): string | undefined =>
  toModelCall({ kwargs: { configuration } }, undefined, { ls_provider: "openai" }).url;

describe("the address of a model of OpenAI's", () => {
  it("is OpenAI's own where nothing else is said", () => {
    expect(urlOf({})).toBe("https://api.openai.com/v1/chat/completions");
  });

  it("is what the environment says, as OpenAI's client has it, and before that what the program says", () => {
    vi.stubEnv("OPENAI_BASE_URL", " https://gateway.example.com/v1/ ");
    expect(urlOf({})).toBe("https://gateway.example.com/v1/chat/completions");
    expect(urlOf({ baseURL: "https://other.example.com/v1" })).toBe("https://other.example.com/v1/chat/completions");
  });
});

it("a model that is made of OpenAI's is its own provider's", () => {
  const provider = (kind: string) =>
    toModelCall({ id: ["langchain", "chat_models", kind] }, undefined, { ls_provider: "openai" }).provider;
  expect(provider("ChatDeepSeek")).toBe("deepseek");
  expect(provider("ChatOpenAI")).toBe("openai");
});
