import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { toCursor } from "../http/cursor.ts";
import { failureOf, jsonOf, SummarySchema } from "../http/schemas.ts";
import type { Store } from "../store/store.ts";
import { ListQuery } from "./trace-query.ts";

const listRoute = createRoute({
  method: "get",
  path: "/api/traces",
  operationId: "listTraces",
  summary: "Traces, newest first; all that is asked must be true of a trace",
  request: { query: ListQuery },
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
    const { traces, next, incomplete } = await store.listTraces(context.req.valid("query"));
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
