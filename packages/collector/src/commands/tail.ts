import type { Span } from "@portkey-tracing/core";
import { formatCount, formatDuration, modelOf, tokensOf, toTerminalText } from "@portkey-tracing/core/tree";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { pause } from "../pause.ts";
import type { Store } from "../store/store.ts";
import type { Output } from "./output.ts";
import { toSafeJson } from "./safe-json.ts";

const PERIOD_MS = 500;
const PAGE = 500;

/** How spans are printed, and for how long. */
export interface TailOptions {
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Called once: whatever arrives from then on is printed. */
  readonly onReady: () => void;
}

/** Prints each span as it arrives, until it is told to stop or nobody reads any more. */
export async function tailSpans(store: Store, output: Output, { json, signal, onReady }: TailOptions): Promise<void> {
  let { position } = await store.arrivals(undefined, 0);
  onReady();
  while (!signal.aborted) {
    const page = await store.arrivals(position, PAGE);
    ({ position } = page);
    for (const span of page.spans) {
      if (!(await output.line(json ? toSafeJson(toLogRecord(span)) : describeSpan(span)))) return;
    }
    if (page.spans.length === 0) await pause(PERIOD_MS, signal);
  }
}

/** `12:34:56.789  3f2a9c01…  llm  ChatOpenAI  gpt-4o  1.23 s  120 tokens  error: RangeError: no such order` */
export function describeSpan(span: Span): string {
  const { status } = span;
  const tokens = tokensOf(span);
  const problem =
    "error" in status && status.error !== undefined ? `: ${status.error.type}: ${status.error.message}` : "";
  const parts = [
    new Date(span.startTimeMs).toISOString().slice(11, 23),
    clip(span.traceId, 9),
    span.type.padEnd(9),
    clip(span.name, 40),
    modelOf(span) ?? "",
    formatDuration(span.durationMs),
    tokens === undefined ? "" : `${formatCount(tokens.total)} tokens`,
    status.code === "ok" ? "" : clip(status.code + problem, 120),
  ];
  return parts
    .filter((part) => part !== "")
    .map(toTerminalText)
    .join("  ");
}

function clip(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
