import type { JsonObject, Span } from "@portkey-tracing/core";

/** Where providers take chat requests, for spans that do not say. */
const ADDRESSES: Readonly<Record<string, string>> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
};

/**
 * The request of a model call as a command for a shell; `undefined` for other spans. The key is a variable: it is never
 * recorded.
 */
export function toCurl({ model, input, type }: Span): string | undefined {
  if (model === undefined || typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  const provider = model.provider ?? "openai";
  const known = ADDRESSES[provider];
  const path = pathOf(type, provider);
  const address = model.url ?? (known === undefined ? undefined : known + path);
  const headers = ["content-type: application/json", ...keyHeaders(provider)];
  return [
    `curl --url ${address === undefined ? `"$BASE_URL${path}"` : quote(address)}`,
    ...headers.map((header) => `-H "${header}"`),
    `--data-raw ${quote(JSON.stringify(withoutTracing(input), undefined, 2))}`,
  ].join(" \\\n  ");
}

function pathOf(type: Span["type"], provider: string): string {
  if (type === "embedding") return "/embeddings";
  return provider === "anthropic" ? "/messages" : "/chat/completions";
}

function keyHeaders(provider: string): string[] {
  if (provider === "anthropic") return ["x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"];
  const variable = provider === "openai" ? "OPENAI_API_KEY" : "API_KEY";
  return [`authorization: Bearer $${variable}`];
}

function withoutTracing({ tracing: _ours, ...body }: JsonObject): JsonObject {
  return body;
}

/** A word for a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
