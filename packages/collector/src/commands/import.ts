import type { JsonValue, Span } from "@portkey-tracing/core";
import { countValues } from "../http/count-values.ts";
import { MAX_VALUES } from "../http/limits.ts";
import { readLogs } from "../http/read-logs.ts";
import type { Store } from "../store/store.ts";
import type { Progress } from "./progress.ts";

/** What became of the lines of an import. */
export interface ImportReport {
  readonly imported: number;
  readonly rejected: number;
  /** The first of those that were rejected, with the numbers of their lines. */
  readonly reasons: readonly string[];
}

/** What is stored at a time. */
const BATCH_SPANS = 1_000;
const BATCH_BYTES = 8_000_000;
const MAX_REASONS = 10;
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Reads JSON Lines in Portkey's log format. A line that is none is told and left out. Spans that are there already change
 * nothing, so an import that broke off can be done again.
 */
export async function importLogs(
  lines: AsyncIterable<Buffer | "too long">,
  store: Store,
  progress: Progress,
  now: () => number = Date.now,
): Promise<ImportReport> {
  let batch: Span[] = [];
  let bytes = 0;
  let [imported, rejected, number] = [0, 0, 0];
  const reasons: string[] = [];
  const flush = async (): Promise<void> => {
    await store.insert(batch);
    imported += batch.length;
    batch = [];
    bytes = 0;
    progress.count(imported);
  };
  for await (const line of lines) {
    number += 1;
    if (line !== "too long" && line.toString().trim() === "") continue;
    const reading = line === "too long" ? `expected at most ${MAX_LINE_BYTES} bytes` : readLine(line, now());
    if (typeof reading === "string") {
      rejected += 1;
      if (reasons.length < MAX_REASONS) reasons.push(`line ${number}: ${reading}`);
    } else {
      batch.push(reading);
      bytes += line.length;
      if (batch.length === BATCH_SPANS || bytes >= BATCH_BYTES) await flush();
    }
  }
  await flush();
  return { imported, rejected, reasons };
}

/** Splits bytes into lines without their ends. A line that is too long is not held. */
export async function* toLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Buffer | "too long"> {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (): Buffer | "too long" => {
    const line = size > maxBytes ? "too long" : Buffer.concat(parts);
    parts = [];
    size = 0;
    return line;
  };
  const add = (part: Buffer): void => {
    size += part.length;
    if (size > maxBytes) parts = [];
    else parts.push(part);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (size > 0) yield take();
}

/** The span in a line, or why there is none. */
function readLine(line: Buffer, nowMs: number): Span | string {
  if (countValues(line, MAX_VALUES) > MAX_VALUES) return `expected at most ${MAX_VALUES} values`;
  const value = parse(line);
  if (value === undefined) return "expected JSON";
  if (Array.isArray(value)) return "expected one log, not a list";
  const { spans, rejected } = readLogs(value, nowMs);
  const [span] = spans;
  const [{ path, reason } = { path: "", reason: "expected log" }] = rejected;
  return span ?? (path === "" ? reason : `${path}: ${reason}`);
}

function parse(line: Buffer): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(line.toString());
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
