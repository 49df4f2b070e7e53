import { createSpanId, createTraceId, type Span } from "@portkey-tracing/core";
import { fromLogRecord } from "@portkey-tracing/core/wire";
import type { ModelRequest } from "../../examples/model-server.mjs";

/**
 * The log that a gateway which keeps logs has of a call: the request with its trace headers, as they went through the
 * real gateway, which passed them on to the model server. The open-source gateway keeps none itself.
 */
export function logOf({ headers, body }: ModelRequest): Span {
  const messages = body["messages"] as readonly unknown[];
  const isLast = messages.length > 1;
  const usage = isLast
    ? { prompt_tokens: 30, completion_tokens: 1, total_tokens: 31 }
    : { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 };
  const portkey = Object.entries(headers).filter(([name]) => name.startsWith("x-portkey-"));
  const log = {
    request: {
      url: "https://api.openai.com/v1/chat/completions",
      provider: "openai",
      headers: Object.fromEntries(portkey) as Record<string, string>,
      body: { model: "gpt-4o", messages: JSON.parse(JSON.stringify(messages)) },
    },
    response: { status: 200, response_time: 5, body: { model: "gpt-4o", choices: [], usage } },
  };
  const reading = fromLogRecord(log, { receivedAtMs: Date.now(), createTraceId, createSpanId });
  if (!reading.ok) throw new Error(`${reading.path}: ${reading.reason}`);
  return reading.span;
}
