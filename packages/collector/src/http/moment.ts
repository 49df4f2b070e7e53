import { z } from "@hono/zod-openapi";
import { parseIsoDate } from "@portkey-tracing/core/wire";

/**
 * The latest moment that a `Date` can be. In microseconds it still is an integer of 64 bits, which is what stores ask
 * for.
 */
export const MAX_MS = 8.64e15;

const NUMBER = /^\d+(\.\d+)?$/;

/** A moment: ISO 8601, or milliseconds since the Unix epoch. */
export const Moment: z.ZodType<number, string> = z
  .string()
  .transform((text, context) => {
    const ms = NUMBER.test(text) ? Number(text) : parseIsoDate(text);
    if (ms !== undefined && ms <= MAX_MS) return ms;
    context.addIssue("expected a date (ISO 8601) or milliseconds since 1970");
    return z.NEVER;
  })
  .openapi({
    type: "string",
    example: "2026-11-21T12:00:00Z",
    description: "ISO 8601, in UTC unless it names a zone, or milliseconds since 1970",
  });

/** A length of time in milliseconds. */
export const Millis: z.ZodType<number, string> = z
  .string()
  .regex(NUMBER, "expected milliseconds")
  .transform(Number)
  .refine((ms) => ms <= MAX_MS, "expected milliseconds")
  .openapi({ type: "number", minimum: 0, maximum: MAX_MS });
