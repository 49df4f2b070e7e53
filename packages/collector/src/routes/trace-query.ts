import { z } from "@hono/zod-openapi";
import { fromCursor } from "../http/cursor.ts";
import { Millis, Moment } from "../http/moment.ts";
import { type FacetName, toFacet } from "../store/facets.ts";
import type { TraceFilter, TraceListQuery, TracePosition } from "../store/store.ts";

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

const Filter = z.strictObject({
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

const List = Filter.extend({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: Cursor.optional().openapi({ type: "string", description: "`nextCursor` of an earlier answer" }),
});

/** A question as a route takes it, and as the store understands it. */
type Query<T> = z.ZodPipe<z.ZodObject, z.ZodTransform<T>>;

/** What may be asked of traces. What is not known is refused, lest a typo shows everything. */
export const FilterQuery: Query<TraceFilter> = Filter.transform(toFilter);

/** The same of a part of the list. */
export const ListQuery: Query<TraceListQuery> = List.transform(({ limit, cursor, ...asked }) => ({
  limit,
  after: cursor,
  filter: toFilter(asked),
}));

function toFilter(query: z.output<typeof Filter>): TraceFilter {
  const { from, to, text, status, minDurationMs, maxDurationMs, feedback } = query;
  const asked = [
    ...facets("model", query.model),
    ...facets("provider", query.provider),
    ...facets("user", query.user),
    ...facets("session", query.session),
    ...facets("tag", query.tag),
    ...facets("meta", query.metadata),
  ];
  return { text, status, minDurationMs, maxDurationMs, fromMs: from, toMs: to, facets: asked, feedback };
}

function several(one: z.ZodString): z.ZodType<string[]> {
  return z
    .preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(one).max(MAX_VALUES))
    .openapi({ type: "array", items: { type: "string" }, maxItems: MAX_VALUES });
}

function facets(name: FacetName, values: readonly string[] = []): string[] {
  return values.map((value) => toFacet(name, value));
}
