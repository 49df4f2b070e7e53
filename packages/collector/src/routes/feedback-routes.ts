import { randomUUID } from "node:crypto";
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { JsonObject } from "@portkey-tracing/core";
import type { Context } from "hono";
import { isDeeperThan } from "../http/depth.ts";
import { fail } from "../http/failure.ts";
import type { RequestLimits } from "../http/limits.ts";
import { withJson } from "../http/read-json.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { BODY_FAILURES, failureOf, jsonOf } from "../http/schemas.ts";
import type { Feedback, Store } from "../store/store.ts";

/** What the feedback endpoints need. */
export interface FeedbackRoutesOptions {
  readonly store: Store;
  readonly limits: RequestLimits;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

const MAX_FEEDBACK = 1_000;
const MAX_METADATA_CHARACTERS = 16_384;
const MAX_METADATA_DEPTH = 32;
const MAX_ID_CHARACTERS = 512;

const Value = z.int().min(-10).max(10);
const Weight = z.number().min(0).max(1);

/** Logs may have whole numbers for ids, too. */
const TraceId = z.union([z.string().min(1).max(MAX_ID_CHARACTERS), z.int().transform(String)], {
  error: `expected string of 1 to ${MAX_ID_CHARACTERS} characters, or integer`,
});

/** An object, or the JSON text of one. What is in it came out of JSON, and is not looked at one by one. */
const Metadata = z
  .preprocess((value) => (typeof value === "string" ? parse(value) : value), z.record(z.string(), z.unknown()))
  .refine((value) => !isDeeperThan(value, MAX_METADATA_DEPTH) && isShort(value), "expected less of it")
  .nullish();

/** A piece of feedback, as Portkey's API takes it. */
const NewFeedback = z
  .object({
    trace_id: TraceId,
    value: Value,
    weight: Weight.default(1),
    metadata: Metadata,
  })
  .openapi("NewFeedback");

const FeedbackChange = z
  .object({ value: Value.optional(), weight: Weight.optional(), metadata: Metadata })
  .openapi("FeedbackChange");

const Stored = z
  .object({ status: z.literal("success"), message: z.string(), feedback_ids: z.array(z.string()) })
  .openapi("FeedbackStored");

/** `POST /v1/feedback`, one or many, and `PUT /v1/feedback/:id`, as Portkey has them. */
export function createFeedbackRoutes(options: FeedbackRoutesOptions): OpenAPIHono {
  const { limits } = options;
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/v1/feedback",
    operationId: "createFeedback",
    summary: "Give feedback on a trace, or on many",
    request: {
      body: {
        required: true,
        content: { "application/json": { schema: z.union([NewFeedback, z.array(NewFeedback)]) } },
      },
    },
    responses: {
      200: jsonOf("It is stored", Stored),
      400: failureOf("Not valid; nothing is stored"),
      ...BODY_FAILURES,
    },
  });
  app.openAPIRegistry.registerPath({
    method: "put",
    path: "/v1/feedback/{id}",
    operationId: "updateFeedback",
    summary: "Change feedback",
    request: {
      params: z.object({ id: z.string() }),
      body: { required: true, content: { "application/json": { schema: FeedbackChange } } },
    },
    responses: {
      200: jsonOf("It is changed", Stored),
      400: failureOf("Not valid"),
      404: failureOf("There is none with that id"),
      ...BODY_FAILURES,
    },
  });
  // Not `app.openapi`: Portkey's clients may leave the content type out.
  app.post("/v1/feedback", (context) => withJson(context, limits, (value) => create(context, value, options)));
  app.put("/v1/feedback/:id", (context) =>
    withJson(context, limits, (value) => update(context, value, context.req.param("id"), options)),
  );
  return app;
}

async function create(context: Context, value: unknown, { store, now }: FeedbackRoutesOptions): Promise<Response> {
  const isArray = Array.isArray(value);
  if (isArray && value.length > MAX_FEEDBACK)
    return fail(context, 400, `body: expected at most ${MAX_FEEDBACK} of them`);
  const { data, error } = z.array(NewFeedback).safeParse(isArray ? value : [value]);
  if (error !== undefined) return fail(context, 400, describe(error, isArray));
  const createdMs = Math.floor(now());
  const feedback = data.map(
    (one): Feedback => ({
      id: randomUUID(),
      traceId: one.trace_id,
      value: one.value,
      weight: one.weight,
      metadata: toObject(one.metadata),
      createdMs,
      updatedMs: createdMs,
    }),
  );
  await store.putFeedback(feedback);
  return succeed(context, "Feedback stored", feedback);
}

async function update(
  context: Context,
  value: unknown,
  id: string,
  { store, now }: FeedbackRoutesOptions,
): Promise<Response> {
  const { data, error } = FeedbackChange.safeParse(value);
  if (error !== undefined) return fail(context, 400, describe(error, true));
  const known = await store.getFeedback(id);
  if (known === undefined) return fail(context, 404, "there is no feedback with that id");
  const changed: Feedback = {
    ...known,
    value: data.value ?? known.value,
    weight: data.weight ?? known.weight,
    metadata: data.metadata == null ? known.metadata : toObject(data.metadata),
    // A clock that was set back does not make this change the older one.
    updatedMs: Math.max(Math.floor(now()), known.updatedMs + 1),
  };
  await store.putFeedback([changed]);
  return succeed(context, "Feedback changed", [changed]);
}

function succeed(context: Context, message: string, feedback: readonly Feedback[]): Response {
  return context.json({ status: "success", message, feedback_ids: feedback.map((one) => one.id) });
}

/** `value: Too big: expected number to be <=10`. A single piece is read as a list of one. */
function describe({ issues }: z.ZodError, withIndex: boolean): string {
  const [issue] = issues;
  const path = (issue?.path ?? []).slice(withIndex ? 0 : 1).join(".");
  return `${path === "" ? "body" : path}: ${issue?.message ?? "not valid"}`;
}

function toObject(metadata: z.output<typeof Metadata>): JsonObject {
  return (metadata ?? {}) as JsonObject;
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length <= MAX_METADATA_CHARACTERS;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
