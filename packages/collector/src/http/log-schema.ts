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
    createdAt: z.string().nullish(),
  })
  .openapi("Log");

/** What is wrong with a record's shape: the first thing that is. */
export function findShapeProblem(record: unknown): { path: string; reason: string } | undefined {
  const [issue] = LogSchema.safeParse(record).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const path = issue.path.map(String).join(".");
  return { path, reason: issue.code === "invalid_type" ? `expected ${issue.expected}` : issue.message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
