import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Span } from "@portkey-tracing/core";
import type { Context } from "hono";
import { isDeeperThan } from "../http/depth.ts";
import { fail } from "../http/failure.ts";
import type { RequestLimits } from "../http/limits.ts";
import { withBody, withJson, withValues } from "../http/read-json.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { BinarySchema, BODY_FAILURES, failureOf, jsonOf } from "../http/schemas.ts";
import type { Metrics } from "../metrics.ts";
import { decodeJson, OtlpRequestSchema } from "../otlp/decode-json.ts";
import { OtlpError, type OtlpSpan } from "../otlp/otlp-span.ts";
import { isProtobuf, PROTOBUF } from "../otlp/status.ts";
import { fromOtlpSpan } from "../otlp/to-span.ts";
import type { Store } from "../store/store.ts";

/** What the OTLP endpoint needs. */
export interface OtlpRoutesOptions {
  readonly store: Store;
  readonly limits: RequestLimits;
  readonly metrics: Pick<Metrics, "spans">;
}

/** As Portkey has it, and where exporters look that were told of nothing but the collector's address. */
const PLACES = [
  { path: "/v1/otel/v1/traces", operationId: "insertSpans" },
  { path: "/v1/traces", operationId: "insertSpansAtOtlpDefault" },
] as const;
const MAX_DEPTH = 200;

/** What is neither JSON nor named as OTLP names its protobuf. All else is taken for JSON. */
const OTHERWISE = /protobuf|grpc|octet-stream/i;
const EXPECTED_TYPE = `content-type: expected application/json or ${PROTOBUF}`;

const Answer = z.object({
  partialSuccess: z.object({ rejectedSpans: z.string().optional(), errorMessage: z.string().optional() }),
});

/** OTLP over HTTP, in either encoding; the answer is in that of the request. */
export function createOtlpRoutes(options: OtlpRoutesOptions): OpenAPIHono {
  const app = createRoutesApp();
  for (const place of PLACES) {
    app.openAPIRegistry.registerPath({
      ...place,
      method: "post",
      summary: "OTLP/HTTP; OTEL_EXPORTER_OTLP_ENDPOINT is this address without its last two parts",
      request: {
        body: {
          required: true,
          content: { "application/json": { schema: OtlpRequestSchema }, [PROTOBUF]: { schema: BinarySchema } },
        },
      },
      responses: {
        ...BODY_FAILURES,
        200: jsonOf("What was valid is stored", Answer),
        400: failureOf("Not OTLP"),
      },
    });
    app.post(place.path, (context) => insert(context, options));
  }
  return app;
}

async function insert(context: Context, options: OtlpRoutesOptions): Promise<Response> {
  const { limits } = options;
  if (!isProtobuf(context)) {
    if (OTHERWISE.test(context.req.header("content-type") ?? "")) return fail(context, 415, EXPECTED_TYPE);
    return withJson(context, limits, (value) => answering(context, () => store(context, decodeJson(value), options)));
  }
  return withBody(context, limits, (bytes) =>
    answering(context, async () => {
      // The reader of protobuf is loaded by who needs it.
      const { decodeProtobuf } = await import("../otlp/decode-protobuf.ts");
      const { spans, values } = decodeProtobuf(bytes);
      return withValues(context, limits, values, () => store(context, spans, options));
    }),
  );
}

/** Answers what is no OTLP with why. */
async function answering(context: Context, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof OtlpError) return fail(context, error.status, error.message);
    throw error;
  }
}

async function store(
  context: Context,
  otlp: readonly OtlpSpan[],
  { store: into, metrics }: OtlpRoutesOptions,
): Promise<Response> {
  const { spans, reasons } = readSpans(otlp);
  metrics.spans("rejected", reasons.length);
  await into.insert(spans);
  metrics.spans("accepted", spans.length);
  return succeed(context, reasons);
}

function readSpans(otlp: readonly OtlpSpan[]): { readonly spans: Span[]; readonly reasons: string[] } {
  const spans: Span[] = [];
  const reasons: string[] = [];
  for (const one of otlp) {
    const reading = fromOtlpSpan(one);
    if (!reading.ok) reasons.push(reading.reason);
    else if (isDeeperThan(reading.span, MAX_DEPTH)) reasons.push(`expected at most ${MAX_DEPTH} levels`);
    else spans.push(reading.span);
  }
  return { spans, reasons };
}

async function succeed(context: Context, reasons: readonly string[]): Promise<Response> {
  const [errorMessage = ""] = reasons;
  if (isProtobuf(context)) {
    const { encodeAnswer } = await import("../otlp/encode-answer.ts");
    return context.body(encodeAnswer(reasons.length, errorMessage), 200, { "content-type": PROTOBUF });
  }
  const partialSuccess = reasons.length === 0 ? {} : { rejectedSpans: String(reasons.length), errorMessage };
  return context.json({ partialSuccess });
}
