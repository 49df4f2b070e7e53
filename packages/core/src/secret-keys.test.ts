import { describe, expect, it } from "vitest";
import { isSecretHeader, isSecretKey, isSecretParameter } from "./secret-keys.ts";
import { withoutSecretMembers } from "./secret-text.ts";

describe("names of secrets", () => {
  it.each(
    `apiKey api_key API-KEY apikey openAIApiKey x-portkey-api-key x-goog-api-key OPENAI_API_KEY api_key_2 Authorization
    proxy-authorization password db_password userPassword passwd passWord pass_phrase passphrase client_secret webhookSecret
    aws_secret_access_key awsAccessKeyId accessKey private_key accessToken refresh_token id_token googleIdToken idtoken
    AWS_SESSION_TOKEN authToken bearerToken token Token virtualKey x-portkey-virtual-key credentials Set-Cookie cookie
    githubToken GITHUB_TOKEN hf_token HUGGINGFACEHUB_API_TOKEN slack_bot_token user_token sas_token csrfToken xsrf-token
    x-auth-token subscription-key Ocp-Apim-Subscription-Key x-functions-key signing_key encryptionKey ssh_key OPENAI_KEY
    secretValue private_key_pem credentialsJson authorization_header authHeader db_pwd bearer jwt connectionString
    defaultHeaders default_headers defaultQuery httpAgent httpsAgent`
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
    ..."nextPageToken nextToken continuationToken syncToken eos_token bos_token_id stop_token last_token new_token".split(
      " ",
    ),
    ..."time_per_output_token cost_per_token first_token cancellationToken numTokens tokenizer token_type pwd".split(
      " ",
    ),
    ..."user_agent x-ratelimit-remaining-tokens sort_key headers".split(" "),
    "x".repeat(10_000),
  ])("%s is none", (key) => {
    expect(isSecretKey(key)).toBe(false);
    const text = JSON.stringify({ [key]: "v-1" });
    expect(withoutSecretMembers(text)).toBe(text);
    expect(withoutSecretMembers(text.slice(0, -1))).toBe(text.slice(0, -1));
  });
});

describe("names of headers and of parameters of addresses", () => {
  it.each(["x-acme-auth", "X-Key", "x-hub-signature", "Authorization", "x-session-id"])("%s is secret", (name) => {
    expect(isSecretHeader(name)).toBe(true);
  });
  it.each(["etag", "x-request-id", "x-ratelimit-remaining-tokens", "content-type", "author"])("%s is none", (name) => {
    expect(isSecretHeader(name)).toBe(false);
  });
  it.each<[string, string, boolean]>([
    ["api_key", "1", true],
    ["sig", "1", true],
    ["X-Amz-Signature", "1", true],
    ["key", "AIzaSyA0123456789abcdefghijk", true],
    ["key", "name", false],
    ["page_token", "1", false],
    ["design", "1", false],
  ])("%s=%s: %s", (name, value, expected) => {
    expect(isSecretParameter(name, value)).toBe(expected);
  });
});
