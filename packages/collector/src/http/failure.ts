import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The body of every answer that is no success. `message` is for people, and never holds what was sent. */
export interface Failure {
  readonly status: "failure";
  readonly message: string;
}

/** Answers with a {@link Failure}. */
export function fail(context: Context, status: ContentfulStatusCode, message: string): Response {
  const failure: Failure = { status: "failure", message };
  return context.json(failure, status);
}
