import { describe, expect, it } from "vitest";
import { isSecretKey, withoutSecretMembers, withoutSecrets } from "./secret-keys.ts";

describe("names of secrets", () => {
  it.each([
    "apiKey",
    "api_key",
    "API-KEY",
    "x-portkey-api-key",
    "Authorization",
    "password",
    "client_secret",
    "accessToken",
    "Set-Cookie",
  ])("%s is one", (key) => {
    expect(isSecretKey(key)).toBe(true);
  });
  it.each(["key", "tokens", "prompt_tokens", "author", "secretary", "monkey", "x".repeat(10_000)])(
    "%s is none",
    (key) => {
      expect(isSecretKey(key)).toBe(false);
    },
  );
});

describe("secrets in JSON text", () => {
  it("lose their values, other members stay", () => {
    const text = '{"api_key":"sk-1\\"2","q":"x","headers":{"Authorization": "Bearer y"},"openai_api_key":"z"}';
    expect(withoutSecretMembers(text, "[redacted]")).toBe(
      '{"api_key":"[redacted]","q":"x","headers":{"Authorization": "[redacted]"},"openai_api_key":"[redacted]"}',
    );
  });
  it("prose is left alone", () => {
    expect(withoutSecretMembers('say "password": "x"', "-")).toBe('say "password": "x"');
  });
  it("a secret that is never closed, however long, is left alone", () => {
    const text = `{"api_key":"${'x\\"'.repeat(300_000)}`;
    expect(withoutSecretMembers(text, "-")).toBe(text);
  });
});

describe("secrets in the text of errors", () => {
  it("bearer tokens and keys are taken out", () => {
    expect(withoutSecrets("401 with Bearer abc.def-123 and sk-proj-0123456789abcdefXYZ", "[redacted]")).toBe(
      "401 with [redacted] and [redacted]",
    );
    expect(withoutSecrets("the task-force sk-8", "-")).toBe("the task-force sk-8");
  });
});
