import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfRows } from "../cost/span-cost.ts";
import { fail } from "../http/failure.ts";
import { Moment } from "../http/moment.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { failureOf, jsonOf } from "../http/schemas.ts";
import { SLOT_MS } from "../store/stats.ts";
import type { Store } from "../store/store.ts";
import { summarizeStats } from "../store/summarize-stats.ts";
import { intervalFor } from "../view/intervals.ts";

const HOUR_MS = 3_600_000;

const Sums = {
  spans: z.int(),
  errors: z.int(),
  calls: z.int(),
  prompt: z.int(),
  completion: z.int(),
  cached: z.int(),
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
  p99Ms: z.number().optional(),
  cost: z.object({ usd: z.number(), complete: z.boolean() }).optional(),
};

const statsRoute = createRoute({
  method: "get",
  path: "/api/stats",
  operationId: "getStats",
  summary: "What the spans of a time come to, rounded outwards to five minutes; the last day unless told",
  request: { query: z.strictObject({ from: Moment.optional(), to: Moment.optional() }) },
  responses: {
    200: jsonOf(
      "Sums. Percentiles are of calls to models where there were some, and right within 9 %. `cost` is in US dollars, with " +
        "the prices of now, and absent where no price is known",
      z
        .object({
          fromMs: z.number(),
          toMs: z.number(),
          intervalMs: z.number(),
          totals: z.object(Sums),
          series: z.array(z.object({ startMs: z.number(), ...Sums })),
          models: z.array(z.object({ model: z.string(), provider: z.string(), ...Sums })),
          types: z.array(z.object({ type: z.string(), ...Sums })),
        })
        .openapi("Stats"),
    ),
    400: failureOf("A question that is not understood"),
  },
});

/** `GET /api/stats`. */
export function createStatsRoutes(store: Store, now: () => number, prices?: PriceFile): OpenAPIHono {
  const app = createRoutesApp();
  app.openapi(statsRoute, async (context) => {
    const { from, to } = context.req.valid("query");
    const toMs = to ?? now();
    const fromMs = from ?? toMs - 24 * HOUR_MS;
    if (fromMs >= toMs) return fail(context, 400, "from: expected a time before `to`") as never;
    const intervalMs = intervalFor(toMs - fromMs, SLOT_MS);
    const [rows, usage] = await Promise.all([
      store.statRows(fromMs, toMs, intervalMs / SLOT_MS),
      // Some prices depend on the hour.
      store.usageRows(fromMs, toMs, Math.min(intervalMs, HOUR_MS) / SLOT_MS),
    ]);
    const costOf = (some: typeof usage): ReturnType<typeof costOfRows> => costOfRows(some, prices);
    const { totals, series, models, types } = summarizeStats({ rows, usage }, intervalMs, costOf);
    const lists = { series: [...series], models: [...models], types: [...types] };
    return context.json({ fromMs, toMs, intervalMs, totals, ...lists }, 200);
  });
  return app;
}
