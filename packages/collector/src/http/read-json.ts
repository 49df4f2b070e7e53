import type { JsonValue } from "@portkey-tracing/core";
import type { Context } from "hono";
import { fail } from "./failure.ts";
import type { RequestLimits } from "./limits.ts";
import { readBody, toText } from "./read-body.ts";

/** Reads a body of bytes and has it answered. What was taken of the budget is given back with the answer. */
export async function withBody(
  context: Context,
  { maxBodyBytes, budget, onBody }: RequestLimits,
  answer: (bytes: Buffer) => Response | Promise<Response>,
): Promise<Response> {
  const body = await readBody(context.req.raw, { maxBytes: maxBodyBytes, budget });
  if (!body.ok) {
    if (body.status === 503) context.header("retry-after", "1");
    return fail(context, body.status, body.reason);
  }
  onBody(body.bytes.length);
  try {
    return await answer(body.bytes);
  } finally {
    budget.give(body.bytes.length);
  }
}

/** Reads a body of JSON and has it answered. */
export function withJson(
  context: Context,
  limits: RequestLimits,
  answer: (value: JsonValue) => Response | Promise<Response>,
): Promise<Response> {
  return withBody(context, limits, (bytes) => {
    const text = toText(bytes);
    if (text === undefined) return fail(context, 400, "body: expected UTF-8");
    const json = parseJson(text);
    return json === undefined ? fail(context, 400, "body: expected JSON") : answer(json.value);
  });
}

function parseJson(text: string): { readonly value: JsonValue } | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return { value };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
