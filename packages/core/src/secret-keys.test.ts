import { describe, expect, it } from "vitest";
import { isSecretKey, withoutSecretMembers, withoutSecrets } from "./secret-keys.ts";

describe("names of secrets", () => {
  it.each(
    `apiKey api_key API-KEY apikey openAIApiKey x-portkey-api-key x-goog-api-key OPENAI_API_KEY api_key_2 Authorization
    proxy-authorization password db_password userPassword passwd passWord pass_phrase passphrase client_secret webhookSecret
    aws_secret_access_key awsAccessKeyId accessKey private_key accessToken refresh_token id_token googleIdToken idtoken
    AWS_SESSION_TOKEN authToken bearerToken token Token virtualKey x-portkey-virtual-key credentials Set-Cookie cookie`
      .trim()
      .split(/\s+/),
  )("%s is one", (key) => {
    expect(isSecretKey(key)).toBe(true);
    expect(withoutSecretMembers(JSON.stringify({ [key]: "v-1" }))).not.toContain("v-1");
    expect(withoutSecretMembers(JSON.stringify({ [key]: "v-1" }).slice(0, -1))).not.toContain("v-1");
  });
  it.each([
    ..."key tokens prompt_tokens total_tokens max_tokens maxTokens token_count next_page_token invalid_token".split(
      " ",
    ),
    ..."author authors secretary monkey cacheKey key_id keyboard cookieless passwordless x".split(" "),
    "x".repeat(10_000),
  ])("%s is none", (key) => {
    expect(isSecretKey(key)).toBe(false);
    const text = JSON.stringify({ [key]: "v-1" });
    expect(withoutSecretMembers(text)).toBe(text);
    expect(withoutSecretMembers(text.slice(0, -1))).toBe(text.slice(0, -1));
  });
});

describe("secrets in JSON text", () => {
  const inner = JSON.stringify({ a: 1, api_key: 'v-"1\\' });
  it.each<[string, string]>([
    ["white space in front", `\n  ${inner}`],
    ["a value that is an object", '{"credentials":{"user":"v-1","x":["}v-1"]},"a":1}'],
    ["a value that is a list", '{"api_keys":["v-1","v-1"],"a":1}'],
    ["a value that is a number", '{"password":1234567}'],
    ["encoded twice", JSON.stringify(inner)],
    ["encoded three times", JSON.stringify({ a: JSON.stringify({ b: inner }) })],
    ["a fence", `Here:\n\`\`\`json\n${inner}\n\`\`\`\nand more`],
    ["a fence that was cut", `Here:\n\`\`\`json\n${inner.slice(0, -3)}`],
    ["escapes in the name", '{"a":1,"api_\\u006bey":"v-1"}'],
    ["a list of entries", '{"headers":[["authorization","v-1"]]}'],
    ["a name and its value", '[{"key":"x-api-key","value":"v-1"},{"name":"token","value":"v-1"}]'],
    ["a value before its name", '[{"value":"v-1","key":"x-api-key"},{"value": "v-1", "name": "token"}]'],
    ["the same, encoded once more", JSON.stringify({ body: '[{"value":"v-1","key":"x-api-key"}]' })],
    ["an address", "see https://u:v-1@host/path?a=b and postgres://u:v-1@db:5432/x"],
  ])("are found: %s", (_name, text) => {
    expect(text).toMatch(/v-|1234567/);
    for (const given of [text, text.slice(0, -1), `${text}[truncated: 5 bytes]`]) {
      const cleaned = withoutSecretMembers(given);
      expect(cleaned).not.toMatch(/v-|1234567/);
      expect(cleaned).toContain("[redacted]");
    }
  });

  it("lose their values, other members stay", () => {
    const text = '{"api_key":"sk-1\\"2","q":"x","headers":{"Authorization": "Bearer y"},"n":{"openai_api_key":7}}';
    const expected =
      '{"api_key":"[redacted]","q":"x","headers":{"Authorization":"[redacted]"},"n":{"openai_api_key":"[redacted]"}}';
    expect(withoutSecretMembers(text)).toBe(expected);
    expect(withoutSecretMembers(`${text} `).trim()).toBe(expected);
    const cut = '{"a":{"api_key":"sk-1\\"2","secret":{"b":["]"]},"q":"x","password":12,"t":"\\"","token":"cut';
    expect(withoutSecretMembers(cut)).toBe(
      '{"a":{"api_key":"[redacted]","secret":"[redacted]","q":"x","password":"[redacted]","t":"\\"","token":"[redacted]"',
    );
  });
  it.each([
    'say "password": "x"',
    '"password" is what he said',
    '{ "a" : 1,  "prompt_tokens": 3 }',
    "mail me: http://host:80/x me@host",
    "[1] the token is secret",
  ])("other text stays byte for byte: %s", (text) => {
    expect(withoutSecretMembers(text)).toBe(text);
  });
  it("what host stays of an address", () => {
    expect(withoutSecretMembers("https://u:p@host")).toBe("https://[redacted]@host");
  });
  it.each([
    ["never closed", `{"api_key":"${'v-1\\"'.repeat(300_000)}`],
    ["nested without end", `{"api_key":${"[".repeat(1_000_000)}"v-1"`],
    ["nested deeply, and closed", `${"[".repeat(30_000)}{"api_key":"v-1"}${"]".repeat(30_000)}`],
    ["longer than what is parsed", `{"a":"${"x".repeat(1_000_000)}","api_key":"v-1"}`],
  ])("a secret %s is taken out", (_name, text) => {
    expect(withoutSecretMembers(text)).not.toContain("v-1");
  });
});

describe("secrets in the text of errors", () => {
  it.each([
    ["401 with Bearer abc.def-123 and sk-proj-0123456789abcdefXYZ", "401 with [redacted] and [redacted]"],
    ['400 {"error":{"api_key":"v-1","m":2}}', '400 {"error":{"api_key":"[redacted]","m":2}}'],
    ["GET /x?api_key=v-1&q=2 failed", "GET /x?api_key=[redacted]&q=2 failed"],
    ["Error: api_key=v-1", "Error: api_key=[redacted]"],
    ["headers { apiKey: 'v-1', a: 'b' }", "headers { apiKey: [redacted], a: 'b' }"],
    ["x-api-key: 0a1b2c3d4e", "x-api-key: [redacted]"],
    ["bad key gsk_0123456789abcdefXYZ", "bad key [redacted]"],
    ["bad key AIzaSyA0123456789abcdefghijk.", "bad key [redacted]."],
    ["Authorization Basic dXNlcjpwYXNz", "Authorization [redacted]"],
    ["connect postgres://u:v-1@db/x", "connect postgres://[redacted]@db/x"],
    ["the task-force sk-8, Basic authentication, password: too short", undefined],
    ["max_tokens=5 is too many tokens: 12345678 of tokens", undefined],
  ])("%s", (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected ?? text);
  });
});
