import type { Span } from "@portkey-tracing/core";
import type { ModelRequest } from "../../examples/model-server.mjs";

/** How the trace headers of requests compare with the spans that were posted. */
export interface Verdict {
  /** Requests that name the very span which asked their question, its parent and its trace. */
  readonly right: number;
  /** Requests that name anything else. */
  readonly wrong: readonly string[];
  /** Requests without trace headers. */
  readonly bare: number;
}

/** Compares each request with the span that it names: they must ask the same. Questions have to be unique. */
export function judge(requests: readonly ModelRequest[], spans: readonly Span[]): Verdict {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  let [right, bare] = [0, 0];
  const wrong: string[] = [];
  for (const request of requests) {
    const [traceId, spanId, parentId] = idsOf(request);
    if (traceId === undefined && spanId === undefined && parentId === undefined) {
      bare += 1;
      continue;
    }
    const span = byId.get(spanId ?? "");
    const asked = lastText(request.body);
    const isRight =
      span !== undefined &&
      span.traceId === traceId &&
      span.parentSpanId === parentId &&
      lastText(span.input) === asked;
    if (isRight) right += 1;
    else
      wrong.push(
        `${asked} names ${spanId ?? "no span"}, which asks ${span === undefined ? "nothing" : lastText(span.input)}`,
      );
  }
  return { right, wrong, bare };
}

/** Trace, span and parent that a request names. */
export function idsOf({ headers }: ModelRequest): [string | undefined, string | undefined, string | undefined] {
  return [
    headers["x-portkey-trace-id"] as string | undefined,
    headers["x-portkey-span-id"] as string | undefined,
    headers["x-portkey-parent-span-id"] as string | undefined,
  ];
}

/** The text of the last message, and how many there are. */
function lastText(body: unknown): string {
  const { messages = [], input } = (body ?? {}) as { messages?: { content?: unknown }[]; input?: unknown };
  return `${messages.length}:${JSON.stringify(messages.at(-1)?.content ?? input)}`;
}
