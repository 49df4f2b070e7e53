import { z } from "@hono/zod-openapi";

/** A moment: ISO 8601, or milliseconds since the Unix epoch. */
export const Moment: z.ZodType<number, string> = z
  .string()
  .transform((text, context) => {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
    if (!Number.isNaN(ms)) return ms;
    context.addIssue("expected a date (ISO 8601) or milliseconds since 1970");
    return z.NEVER;
  })
  .openapi({ type: "string", example: "2026-11-21T12:00:00Z" });
