import type { JsonValue } from "@portkey-tracing/core";
import type { Context } from "hono";
import { countValues } from "./count-values.ts";
import { fail } from "./failure.ts";
import { MAX_VALUES, type RequestLimits } from "./limits.ts";
import { readBody, toText } from "./read-body.ts";

/** Reads a body of bytes and has it answered. What was taken of the budget is given back with the answer. */
export async function withBody(
  context: Context,
  { maxBodyBytes, budget, onBody }: RequestLimits,
  answer: (bytes: Buffer) => Response | Promise<Response>,
): Promise<Response> {
  const body = await readBody(context.req.raw, { maxBytes: maxBodyBytes, budget });
  if (!body.ok) return body.status === 503 ? tooMuchAtOnce(context) : fail(context, body.status, body.reason);
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
    const count = countValues(bytes, MAX_VALUES);
    if (count > MAX_VALUES) return fail(context, 413, TOO_MANY_VALUES);
    return withValues(context, limits, count, () => {
      const text = toText(bytes);
      if (text === undefined) return fail(context, 400, "body: expected UTF-8");
      const json = parseJson(text);
      return json === undefined ? fail(context, 400, "body: expected JSON") : answer(json.value);
    });
  });
}

/** Has a body answered that has so many values, unless those of others leave no room. */
export async function withValues(
  context: Context,
  { values }: RequestLimits,
  count: number,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  if (!values.take(count)) return tooMuchAtOnce(context);
  try {
    return await answer();
  } finally {
    values.give(count);
  }
}

/** Why a body is too large that is not too long. */
export const TOO_MANY_VALUES: string = `body: expected at most ${MAX_VALUES} values`;

function tooMuchAtOnce(context: Context): Response {
  context.header("retry-after", "1");
  return fail(context, 503, "too much at once: try again");
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
