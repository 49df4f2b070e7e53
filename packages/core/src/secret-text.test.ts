import { describe, expect, it } from "vitest";
import { toErrorText } from "./error-text.ts";
import { withoutSecretMembers, withoutSecrets } from "./secret-text.ts";

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
    ["a name, other members, and its value", '[{"name":"token","type":"s","enabled":true,"value":"v-1"}]'],
    ["a value, other members, and its name", '[{"value":"v-1","type":"s","enabled":true,"key":"x-api-key"}]'],
    [
      "a list before its name, in a text that was cut",
      '[{"value":["v-1","v-1"],"name":"cookie"},{"value":1234567,"key":"password"},{',
    ],
    ["a member between a text and a `value`, in a text that was cut", '{"a":"x","authorization":"v-1","value":"y",{'],
    ["lines that are encoded too", JSON.stringify(JSON.stringify([["token", "v-1"]], null, 2)).slice(1, -4)],
    ["a name of two words, far apart", '{"connection__string":"v-1","auth- header":"v-1","http__agent":"v-1"}'],
    ["a fence that is encoded", JSON.stringify({ a: JSON.stringify(`Here:\n\`\`\`json\n${inner}\n\`\`\``) })],
    ["a fence after one that stands alone", `Write \`\`\` first.\n\`\`\`json\n${inner}\n\`\`\`\nand more`],
    ["parameters of an address", "GET /x?q=1&api_key=v-1 and https://h/?api%5Fkey=v-1#access_token=v-1&amp;sig=v-1"],
    ["a parameter after an escaped sign", '{"u":"https://h/?a=1\\u0026token=v-1","b":1}'],
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
  it.each([
    ['{"h":{"api_key":"v-1"},"h":1}', '{"h":1}'],
    ['{"api_key":"v-1","api_key":"[redacted]"}', '{"api_key":"[redacted]"}'],
    ['[{"a":[{"api_key":"v-1","b":2}],"a":"\\":"}]', '[{"a":"\\":"}]'],
    ['{"headers":{"x-acme-auth":"v-1"}}', '{"headers":{"x-acme-auth":"[redacted]"}}'],
    ['{"rawHeaders":["Host","h","X-Token","v-1"]}', '{"rawHeaders":["Host","h","X-Token","[redacted]"]}'],
    ['{"u":"https:\\/\\/u:v-1@h","b":1}', '{"u":"https://[redacted]@h","b":1}'],
    ["https://v-1_0123456789abcdef@host/x", "https://[redacted]@host/x"],
  ])("%s becomes %s", (text, expected) => {
    expect(withoutSecretMembers(text)).toBe(expected);
  });
  it.each([
    '{"a":1, "b":{"key":"a:b","value":":"},"c":[{"x":"\\":"}],"max_tokens":5}',
    "https://h/?page_token=5&q=a=b?key=name",
    "https://someone@host and https://h:80/@x",
  ])("what is no secret stays byte for byte: %s", (text) => {
    expect(withoutSecretMembers(text)).toBe(text);
  });
  it("what host stays of an address", () => {
    expect(withoutSecretMembers("https://u:p@host")).toBe("https://[redacted]@host");
  });
  it.each([
    ["never closed", `{"api_key":"${'v-1\\"'.repeat(300_000)}`],
    ["nested without end", `{"api_key":${"[".repeat(1_000_000)}"v-1"`],
    ["nested deeply, and closed", `${"[".repeat(30_000)}{"api_key":"v-1"}${"]".repeat(30_000)}`],
    ["in a long text", `{"a":"${"x".repeat(1_000_000)}","api_key":"v-1"}`],
    [
      "with other members between, in a long text",
      `{"a":"${"x".repeat(100_000)}","h":{"name":"apiKey","b":{"c":[1]},"value":"v-1"}}`,
    ],
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
    ["Authorization: Token abcdefgh12", "Authorization: [redacted]"],
    ["{ authorization: 'Token abcdefgh12', a: 1 }", "{ authorization: '[redacted]', a: 1 }"],
    ['Authorization: Digest username="u", response="v-1"\nHost: h', "Authorization: [redacted]\nHost: h"],
    ["Cookie: sid=v-1; b=v-1\nHost: h", "Cookie: [redacted]\nHost: h"],
    ['apiKey => "v-1", a => 1', "apiKey => [redacted], a => 1"],
    ["Map(1) { 'apiKey' => 'v-1' }", "Map(1) { 'apiKey' => [redacted] }"],
    ["{ 'x-api-key': [ 'v-1' ] }", "{ 'x-api-key': [redacted] }"],
    ["Incorrect API key provided: abcdefgh12.", "Incorrect API key provided: [redacted]"],
    ["bad xai-0123456789abcdefXYZ, key_sk-0123456789abcdefXYZ", "bad [redacted], key_[redacted]"],
    ["Authorization: header is missing; Invalid API key: none given", undefined],
    ["the task-force sk-8, Basic authentication, password: too short", undefined],
    ["npm_config_registry_auth_token=v-1, b", "[redacted]=[redacted], b"],
    ['{"hf_hub_access_token_value":"v-1"}', '{"[redacted]":"[redacted]"}'],
    ["JWT eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc-_ and eyJhbGciOiJIUzI1 alone", "JWT [redacted] and eyJhbGciOiJIUzI1 alone"],
    ["max_tokens=5 is too many tokens: 12345678 of tokens", undefined],
  ])("%s", (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected ?? text);
  });
});

/** Of a pattern that looks at a text again and again, a megabyte would keep the test for hours. */
describe("a megabyte of hostile text is read once", () => {
  it.each([
    "://",
    "://a:",
    `://${"a".repeat(200)}:`,
    "?token=",
    "?token=a&",
    "&amp;",
    `?${"a".repeat(64)}`,
    '{"name":"token","a":"b","a":"b",',
    '"a","a":"b",',
    '"value":"x","a":"b",',
    '{"token":[',
    '["token",',
    "\\",
    '\\\\"token\\\\":',
    '{"a":"{\\"token\\":',
    '```{"token":',
    "[",
    '{"a":',
    '{"a":1,"a":1}',
    "authorization: digest ",
    "cookie: ",
    "api key ",
    "token='",
    `${"a".repeat(64)} `,
    "-eyJ",
    '"value":[',
  ])("%s", (unit) => {
    for (const opening of ["", '{"token":"']) {
      const text = opening + unit.repeat(Math.ceil(1_000_000 / unit.length));
      expect(typeof withoutSecretMembers(text)).toBe("string");
      expect(toErrorText(text).length).toBeLessThan(40_000);
    }
  });
});
