import { z } from "@hono/zod-openapi";
import { fromPathPart } from "../view/path-part.ts";

/** Shapes of answers: they type the handlers, and are the OpenAPI document. */

export const FailureSchema: z.ZodType<{ status: "failure"; message: string }> = z
  .object({ status: z.literal("failure"), message: z.string() })
  .openapi("Failure", {
    description:
      "`message` is for people, and holds nothing of what was sent but names of members. A browser gets a page instead (`Accept: text/html`), and who " +
      "sends protobuf a `google.rpc.Status`",
  });

/** A trace in a list. */
export const SummarySchema: z.ZodType = z
  .object({
    traceId: z.string(),
    name: z.string(),
    startTimeMs: z.number(),
    durationMs: z.number(),
    status: z.enum(["ok", "error", "cancelled", "interrupted", "unfinished", "open"]),
    spans: z.int(),
    errors: z.int(),
    tokens: z.object({ prompt: z.int(), completion: z.int(), total: z.int() }),
    models: z.array(z.string()).readonly(),
    usage: z
      .array(
        z.object({
          model: z.string(),
          provider: z.string().optional(),
          calls: z.int(),
          prompt: z.int(),
          completion: z.int(),
          cached: z.int(),
        }),
      )
      .readonly(),
    /** By the prices of now; not `complete` where some are unknown, absent where all are. */
    cost: z.object({ usd: z.number(), complete: z.boolean() }).optional(),
    firstTokenMs: z.number().optional(),
    user: z.string().optional(),
    session: z.string().optional(),
    feedback: z.object({ count: z.int(), average: z.number() }).optional(),
  })
  .openapi("TraceSummary");

/** Feedback as it is shown. */
export const FeedbackSchema: z.ZodType = z
  .object({
    id: z.string(),
    traceId: z.string(),
    value: z.int(),
    weight: z.number(),
    metadata: z.record(z.string(), z.unknown()),
    createdMs: z.number(),
    updatedMs: z.number(),
  })
  .openapi("Feedback");

/** Spans are as the logs API has them, read: see `Span` of the core package. */
export const SpanSchema: z.ZodType = z
  .looseObject({
    traceId: z.string(),
    spanId: z.string(),
    parentSpanId: z.string().optional(),
    name: z.string(),
    type: z.string(),
    source: z.string(),
    startTimeMs: z.number(),
    durationMs: z.number(),
    status: z.looseObject({ code: z.string() }),
    tags: z.array(z.string()),
    metadata: z.looseObject({}),
  })
  .openapi("Span");

/** An id in the path of an address. */
export const PathId: z.ZodType<string, string> = z.string().transform(fromPathPart).openapi({
  type: "string",
  description: "URI-encoded; `.` and `..` with a `~` before them, as are ids that begin so",
});

/** Bytes, which are described by their type alone. */
export const BinarySchema: z.ZodType = z.any().openapi({ type: "string", format: "binary" });

/** The description of an answer of JSON. */
export function jsonOf<T extends z.ZodType>(
  description: string,
  schema: T,
): { description: string; content: { "application/json": { schema: T } } } {
  return { description, content: { "application/json": { schema } } };
}

/** The description of an answer that is no success. */
export function failureOf(description: string): ReturnType<typeof jsonOf<typeof FailureSchema>> {
  return jsonOf(description, FailureSchema);
}

/** How a body may be refused, whatever is in it. */
export const BODY_FAILURES: Readonly<Record<413 | 415 | 503, ReturnType<typeof failureOf>>> = {
  413: failureOf("Too large"),
  415: failureOf("Compressed otherwise than with gzip, or of another kind"),
  503: failureOf("Too much at once, or the store cannot be used: try again"),
};
