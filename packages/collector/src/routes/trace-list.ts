import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { fromCursor, toCursor } from "../http/cursor.ts";
import { Moment } from "../http/moment.ts";
import { failureOf, jsonOf, SummarySchema } from "../http/schemas.ts";
import { type FacetName, toFacet } from "../store/facets.ts";
import type { Store, TraceListQuery, TracePosition } from "../store/store.ts";

const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 50;
const MAX_VALUES = 16;
const STATUSES = ["ok", "error", "cancelled", "interrupted", "unfinished", "open"] as const;

const Cursor = z.string().transform((text, context): TracePosition => {
  const position = fromCursor(text);
  if (position !== undefined) return position;
  context.addIssue("expected the nextCursor of an earlier answer");
  return z.NEVER;
});

/** A value that may be given several times. */
const Several = several(z.string());

const Pairs = several(z.string().regex(/=/, "expected key=value"));

const Millis = z.coerce.number().min(0).openapi({ type: "number" });

/** The questions that the list of traces understands. Those that it does not are refused, lest a typo shows everything. */
const TraceQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: Cursor.optional().openapi({ type: "string", description: "`nextCursor` of an earlier answer" }),
  text: z
    .string()
    .max(1_000)
    .optional()
    .openapi({ description: "Words that one span of the trace has, by their beginnings" }),
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(STATUSES)))
    .optional()
    .openapi({ type: "string", description: `Some of ${STATUSES.join(", ")}, with commas between them` }),
  minDurationMs: Millis.optional(),
  maxDurationMs: Millis.optional(),
  from: Moment.optional(),
  to: Moment.optional(),
  model: Several.optional(),
  provider: Several.optional(),
  user: Several.optional(),
  session: Several.optional(),
  tag: Several.optional(),
  metadata: Pairs.optional().openapi({ description: "`key=value`; may be given several times" }),
  feedback: z.enum(["any", "none", "positive", "negative"]).optional(),
});

const listRoute = createRoute({
  method: "get",
  path: "/api/traces",
  summary: "Traces, newest first; all that is asked must be true of a trace",
  request: { query: TraceQuery },
  responses: {
    200: jsonOf(
      "A part of the list. `nextCursor` is there when more follows, `incomplete` when older traces may have the text",
      z.object({
        traces: z.array(SummarySchema).readonly(),
        nextCursor: z.string().optional(),
        incomplete: z.literal(true).optional(),
      }),
    ),
    400: failureOf("A question that is not understood"),
  },
});

/** `GET /api/traces`. Costs are computed now, with the prices of now. */
export function addTraceList(app: OpenAPIHono, store: Store, prices?: PriceFile): void {
  app.openapi(listRoute, async (context) => {
    const { traces, next, incomplete } = await store.listTraces(toListQuery(context.req.valid("query")));
    const more = next === undefined ? {} : { nextCursor: toCursor(next) };
    return context.json(
      {
        traces: traces.map((trace) => ({ ...trace, cost: costOfTrace(trace, prices) })),
        ...more,
        ...(incomplete ? { incomplete } : {}),
      },
      200,
    );
  });
}

/** The question as the store understands it. */
function toListQuery(query: z.output<typeof TraceQuery>): TraceListQuery {
  const { limit, cursor, from, to, text, status, minDurationMs, maxDurationMs, feedback } = query;
  const asked = [
    ...facets("model", query.model),
    ...facets("provider", query.provider),
    ...facets("user", query.user),
    ...facets("session", query.session),
    ...facets("tag", query.tag),
    ...facets("meta", query.metadata),
  ];
  return {
    limit,
    after: cursor,
    filter: { text, status, minDurationMs, maxDurationMs, fromMs: from, toMs: to, facets: asked, feedback },
  };
}

function several(one: z.ZodString): z.ZodType<string[]> {
  return z
    .preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(one).max(MAX_VALUES))
    .openapi({ type: "array", items: { type: "string" }, maxItems: MAX_VALUES });
}

function facets(name: FacetName, values: readonly string[] = []): string[] {
  return values.map((value) => toFacet(name, value));
}
