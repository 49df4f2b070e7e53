import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { encodeStatus, isProtobuf, PROTOBUF } from "../otlp/status.ts";

/**
 * The body of every answer to a program that is no success. `message` is for people, and holds nothing of what was sent
 * but names.
 */
export interface Failure {
  readonly status: "failure";
  readonly message: string;
}

/** The same for who looks at it in a browser. */
export interface PageWords {
  readonly title: string;
  /** What to do. */
  readonly advice: string;
}

/**
 * Answers a program with a {@link Failure}, one that sends protobuf with the same as OTLP has it, and a browser that
 * opens an address (`Accept: text/html`) with a page.
 */
export function fail(context: Context, status: ContentfulStatusCode, message: string, words?: PageWords): Response {
  if (isProtobuf(context)) return context.body(encodeStatus(message), status, { "content-type": PROTOBUF });
  context.header("vary", "accept", { append: true });
  if (context.req.header("accept")?.includes("text/html") === true) {
    return context.html(toPage(words ?? { title: "That did not work", advice: toSentence(message) }), status);
  }
  const failure: Failure = { status: "failure", message };
  return context.json(failure, status);
}

/** Without a style: what the Traces page is made of may need a key, too. */
function toPage({ title, advice }: PageWords): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escape(title)}</title>
  </head>
  <body>
    <h1>${escape(title)}</h1>
    <p>${escape(advice)}</p>
    <p><a href="">Try again</a></p>
  </body>
</html>
`;
}

function toSentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
