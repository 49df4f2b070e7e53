import { z } from "@hono/zod-openapi";
import { FeedbackSchema, SpanSchema, SummarySchema } from "./schemas.ts";

/** Shapes of what the page asks of one trace: they are the OpenAPI document, and tests hold answers against them. */

const Row = z
  .strictObject({
    spanId: z.string(),
    depth: z.int(),
    orphan: z.literal(true).optional(),
    name: z.string(),
    type: z.string(),
    startTimeMs: z.number(),
    durationMs: z.number(),
    status: z.enum(["ok", "error", "cancelled", "interrupted", "unfinished"]),
    problem: z.string().optional(),
    model: z.string().optional(),
    tokens: z.strictObject({ prompt: z.int(), completion: z.int(), cached: z.int() }).optional(),
    usd: z.number().optional(),
    timeToFirstTokenMs: z.number().optional(),
    cached: z.literal(true).optional(),
    inferred: z.literal(true).optional(),
    marks: z.array(z.strictObject({ name: z.string(), timeMs: z.number() })).optional(),
  })
  .openapi("OutlineRow", {
    description:
      "`orphan`: its parent is not there. `usd`: absent where no price is known. `cached`: the framework's own cache " +
      "answered. `inferred`: not seen, but concluded from what a gateway answered, so without a time of its own",
  });

export const OutlineSchema: z.ZodType = z
  .strictObject({ trace: SummarySchema, rows: z.array(Row), feedback: z.array(FeedbackSchema) })
  .openapi("Outline");

const CostSchema = z
  .strictObject({
    usd: z.number(),
    source: z.enum(["genai-prices", "price file"]),
    pricedAs: z.string(),
    parts: z.array(
      z.strictObject({
        what: z.enum(["input", "cached input", "cache writes", "output"]),
        tokens: z.int(),
        usdPerMillion: z.number(),
      }),
    ),
  })
  .openapi("Cost");

export const OneSpanSchema: z.ZodType = z
  .strictObject({ span: SpanSchema, cost: CostSchema.optional() })
  .openapi("OneSpan");

export const MatchesSchema: z.ZodType = z.strictObject({ spanIds: z.array(z.string()) }).openapi("Matches");
