import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { failureOf, jsonOf } from "../http/schemas.ts";
import type { Store, TraceFilter, TracePosition } from "../store/store.ts";
import { intervalFor } from "../view/intervals.ts";
import { type CountedTrace, totalsByTime, totalsOf } from "../view/totals.ts";
import { FilterQuery } from "./trace-query.ts";

/** Traces that are read for one answer at most, and at a time: others are answered in between. */
const MAX_TRACES = 10_000;
const PAGE_TRACES = 500;
const LEAST_INTERVAL_MS = 1_000;

const Totals = {
  traces: z.int(),
  failed: z.int(),
  spans: z.int(),
  tokens: z.object({ prompt: z.int(), completion: z.int() }),
  cost: z.object({ usd: z.number(), complete: z.boolean() }).optional(),
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
  firstTokenP50Ms: z.number().optional(),
};

const totalsRoute = createRoute({
  method: "get",
  path: "/api/totals",
  operationId: "getTotals",
  summary: `What the traces of a question come to, the newest ${MAX_TRACES.toLocaleString("en")} of them`,
  request: { query: FilterQuery },
  responses: {
    200: jsonOf(
      "Sums of traces, of all and by the time at which they started. `incomplete` where more traces match, or may. " +
        "`cost` is in US dollars, with the prices of now, and absent where no price is known",
      z
        .object({
          totals: z.object(Totals),
          fromMs: z.number(),
          toMs: z.number(),
          intervalMs: z.number(),
          series: z.array(z.object({ startMs: z.number(), ...Totals })),
          incomplete: z.literal(true).optional(),
        })
        .openapi("Totals"),
    ),
    400: failureOf("A question that is not understood"),
  },
});

/** `GET /api/totals`: the sums of a list that is longer than a page. */
export function addTraceTotals(app: OpenAPIHono, store: Store, prices?: PriceFile): void {
  app.openapi(totalsRoute, async (context) => {
    const { signal } = context.req.raw;
    const { traces, incomplete } = await readTraces(store, context.req.valid("query"), prices, signal);
    const fromMs = traces.at(-1)?.startTimeMs ?? 0;
    const toMs = traces[0]?.startTimeMs ?? 0;
    const intervalMs = intervalFor(toMs - fromMs, LEAST_INTERVAL_MS);
    const series = totalsByTime(traces, intervalMs);
    const answer = { totals: totalsOf(traces), fromMs, toMs, intervalMs, series };
    return context.json({ ...answer, ...(incomplete ? { incomplete } : {}) }, 200);
  });
}

/** Newest first. Nobody waits for more once the client has gone. */
async function readTraces(
  store: Store,
  filter: TraceFilter,
  prices: PriceFile | undefined,
  signal: AbortSignal,
): Promise<{ readonly traces: readonly CountedTrace[]; readonly incomplete: boolean }> {
  const traces: CountedTrace[] = [];
  let after: TracePosition | undefined;
  let incomplete = false;
  do {
    const page = await store.listTraces({ limit: PAGE_TRACES, after, filter });
    for (const trace of page.traces) {
      const { startTimeMs, durationMs, status, spans, tokens, firstTokenMs } = trace;
      const cost = costOfTrace(trace, prices);
      traces.push({ startTimeMs, durationMs, status, spans, tokens, firstTokenMs, cost });
    }
    incomplete ||= page.incomplete === true;
    after = page.next;
  } while (after !== undefined && traces.length < MAX_TRACES && !signal.aborted);
  return { traces, incomplete: incomplete || after !== undefined };
}
