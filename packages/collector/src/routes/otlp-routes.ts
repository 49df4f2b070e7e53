import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { JsonValue, Span } from "@portkey-tracing/core";
import type { Context } from "hono";
import { isDeeperThan } from "../http/depth.ts";
import type { RequestLimits } from "../http/limits.ts";
import { toText } from "../http/read-body.ts";
import { withBody } from "../http/read-json.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { failureOf, jsonOf } from "../http/schemas.ts";
import type { Metrics } from "../metrics.ts";
import { decodeJson, OtlpRequestSchema } from "../otlp/decode-json.ts";
import { OtlpError, type OtlpSpan } from "../otlp/otlp-span.ts";
import { fromOtlpSpan } from "../otlp/to-span.ts";
import type { Store } from "../store/store.ts";

/** What the OTLP endpoint needs. */
export interface OtlpRoutesOptions {
  readonly store: Store;
  readonly limits: RequestLimits;
  readonly metrics: Pick<Metrics, "spans">;
}

const PATH = "/v1/otel/v1/traces";
const PROTOBUF = "application/x-protobuf";
const MAX_SPANS = 10_000;
const MAX_DEPTH = 200;

/** `POST /v1/otel/v1/traces`: OTLP over HTTP, in either encoding; the answer is in that of the request. */
export function createOtlpRoutes(options: OtlpRoutesOptions): OpenAPIHono {
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "post",
    path: PATH,
    summary: "OTLP/HTTP; OTEL_EXPORTER_OTLP_ENDPOINT is this address without its last two parts",
    request: {
      body: {
        content: {
          "application/json": { schema: OtlpRequestSchema },
          [PROTOBUF]: { schema: z.any().openapi({ type: "string", format: "binary" }) },
        },
      },
    },
    responses: {
      200: jsonOf(
        "What was valid is stored",
        z.object({
          partialSuccess: z.object({ rejectedSpans: z.string().optional(), errorMessage: z.string().optional() }),
        }),
      ),
      400: failureOf("Not OTLP"),
      413: failureOf("Too large"),
      415: failureOf("Another encoding"),
    },
  });
  app.post(PATH, (context) => withBody(context, options.limits, (bytes) => receive(context, bytes, options)));
  return app;
}

async function receive(context: Context, bytes: Buffer, { store, metrics }: OtlpRoutesOptions): Promise<Response> {
  const isProtobuf = (context.req.header("content-type") ?? "").startsWith(PROTOBUF);
  try {
    const otlp = isProtobuf ? await decodeBinary(bytes) : decodeText(bytes);
    if (otlp.length > MAX_SPANS) return await refuse(context, isProtobuf, 413, `expected at most ${MAX_SPANS} spans`);
    const { spans, reasons } = readSpans(otlp);
    metrics.spans("rejected", reasons.length);
    await store.insert(spans);
    metrics.spans("accepted", spans.length);
    return await succeed(context, isProtobuf, reasons);
  } catch (error) {
    if (error instanceof OtlpError) return refuse(context, isProtobuf, 400, error.message);
    throw error;
  }
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

/** The reader of protobuf is loaded by who needs it. */
async function decodeBinary(bytes: Buffer): Promise<OtlpSpan[]> {
  const { decodeProtobuf } = await import("../otlp/decode-protobuf.ts");
  return decodeProtobuf(bytes);
}

function decodeText(bytes: Buffer): OtlpSpan[] {
  const text = toText(bytes);
  if (text === undefined) throw new OtlpError("body: expected UTF-8");
  try {
    const value: JsonValue = JSON.parse(text);
    return decodeJson(value);
  } catch (error) {
    if (error instanceof SyntaxError) throw new OtlpError("body: expected JSON", { cause: error });
    throw error;
  }
}

async function succeed(context: Context, isProtobuf: boolean, reasons: readonly string[]): Promise<Response> {
  const [errorMessage = ""] = reasons;
  if (isProtobuf) {
    const { encodeAnswer } = await import("../otlp/encode-answer.ts");
    return context.body(encodeAnswer(reasons.length, errorMessage), 200, { "content-type": PROTOBUF });
  }
  const partialSuccess = reasons.length === 0 ? {} : { rejectedSpans: String(reasons.length), errorMessage };
  return context.json({ partialSuccess });
}

async function refuse(context: Context, isProtobuf: boolean, status: 400 | 413, message: string): Promise<Response> {
  if (!isProtobuf) return context.json({ status: "failure", message }, status);
  const { encodeFailure } = await import("../otlp/encode-answer.ts");
  return context.body(encodeFailure(message), status, { "content-type": PROTOBUF });
}
