import { z } from "@hono/zod-openapi";

/** An object, or the JSON text of one, as Portkey's Python handlers send it. */
function objectOrText(schema: z.ZodType): z.ZodType {
  return z.preprocess((value) => (typeof value === "string" ? parseJson(value) : value), schema).nullish();
}

const AnyObject = z.looseObject({});

const Id = z.union([z.string(), z.int()], { error: "expected string or integer" }).nullish();

const Millis = z.union([z.string(), z.number()], { error: "expected number" }).nullish();

const LoggedRequest = z.looseObject({
  url: z.string().nullish(),
  method: z.string().nullish(),
  provider: z.string().nullish(),
  headers: objectOrText(AnyObject),
  body: objectOrText(AnyObject),
});

const LoggedResponse = z.looseObject({
  status: Millis,
  headers: objectOrText(AnyObject),
  response_time: Millis,
  streamingMode: z.boolean().nullish(),
  body: objectOrText(AnyObject),
});

/** The shape of a record of `POST /v1/logs`. What its values mean is read by `fromLogRecord`. */
export const LogSchema: z.ZodType = z
  .looseObject({
    request: objectOrText(LoggedRequest),
    response: objectOrText(LoggedResponse),
    metadata: objectOrText(AnyObject),
    trace_id: Id,
    span_id: Id,
    parent_span_id: Id,
    span_name: Id,
    // What it may be says `fromLogRecord`, and says it better.
    createdAt: z
      .unknown()
      .optional()
      .openapi({
        type: ["string", "null"],
        format: "date-time",
        description: "ISO 8601, in UTC unless it names a zone",
      }),
  })
  .openapi("Log");

/** A record with its JSON texts parsed, or the first thing that is wrong with its shape. */
export type ShapeReading =
  | { readonly ok: true; readonly unpacked: unknown }
  | { readonly ok: false; readonly path: string; readonly reason: string };

/** Looks at the shape of a record, and of the JSON texts in it. */
export function readShape(record: unknown): ShapeReading {
  const { data, error } = LogSchema.safeParse(record);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return { ok: true, unpacked: data };
  const path = issue.path.map(String).join(".");
  return { ok: false, path, reason: issue.code === "invalid_type" ? `expected ${issue.expected}` : issue.message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
