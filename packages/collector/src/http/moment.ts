import { z } from "@hono/zod-openapi";

/** `Date.parse` takes far more, and reads "5" as the year 2001. */
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

/** A moment: ISO 8601, or milliseconds since the Unix epoch. */
export const Moment: z.ZodType<number, string> = z
  .string()
  .transform((text, context) => {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
    const ms = ISO_8601.test(text) ? Date.parse(text.replace(",", ".")) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
    context.addIssue("expected a date (ISO 8601) or milliseconds since 1970");
    return z.NEVER;
  })
  .openapi({ type: "string", example: "2026-11-21T12:00:00Z" });
