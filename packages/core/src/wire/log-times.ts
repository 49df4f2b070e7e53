import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { parseIsoDate } from "./iso-date.ts";
import { type LogProblem, readNumber } from "./log-fields.ts";

/** When a span began and how long it took, as its log says. */
export interface LogTimes {
  readonly startTimeMs: number;
  readonly durationMs: number;
}

/** What {@link readTimes} reads. */
export interface TimePlaces {
  readonly record: JsonObject;
  readonly metadata: JsonObject;
  readonly response: JsonObject;
  readonly tracing: JsonObject | undefined;
  readonly receivedAtMs: number;
}

/** Start and end stay below 2^53 microseconds, so that they are exact as numbers. */
const MAX_TIME_MS = 8_000_000_000_000;
const MAX_DURATION_MS = 1_000_000_000_000;

/**
 * Start and duration, in milliseconds. The start is that of `tracing`, else `createdAt`, `start_time` (epoch seconds),
 * `metadata.startTime` (epoch nanoseconds), else the arrival minus the duration.
 */
export function readTimes(places: TimePlaces, problems: LogProblem[]): LogTimes {
  const durationMs = readDuration(places, problems);
  const startTimeMs = readStart(places, problems) ?? Math.max(0, places.receivedAtMs - durationMs);
  return { startTimeMs, durationMs };
}

/** A moment that has exact microseconds. */
export function isTime(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_TIME_MS;
}

/** The same of a length of time. */
export function isDuration(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_DURATION_MS;
}

function readDuration({ record, response, tracing }: TimePlaces, problems: LogProblem[]): number {
  const places: [string, JsonValue | undefined][] = [
    ["response.body.tracing.duration_ms", tracing?.["duration_ms"]],
    ["response.response_time", response["response_time"]],
    ["response.time", response["time"]],
    ["response_time", record["response_time"]],
    ["time", record["time"]],
  ];
  for (const [path, value] of places) {
    const ms = readNumber(value, path, problems);
    if (ms === undefined) continue;
    if (ms <= MAX_DURATION_MS) return Math.max(0, ms);
    problems.push({ path, reason: "expected at most 31 years of milliseconds" });
    return 0;
  }
  return 0;
}

function readStart({ record, metadata, tracing }: TimePlaces, problems: LogProblem[]): number | undefined {
  const exact = tracing?.["start_time_ms"];
  if (exact !== undefined) return readScaled(exact, 1, "response.body.tracing.start_time_ms", problems);
  return (
    readDate(record["createdAt"], "createdAt", problems) ??
    readDate(record["created_at"], "created_at", problems) ??
    readScaled(record["start_time"], 1_000, "start_time", problems) ??
    readScaled(metadata["start_time"], 1_000, "metadata.start_time", problems) ??
    readScaled(metadata["startTime"], 1e-6, "metadata.startTime", problems)
  );
}

function readDate(value: JsonValue | undefined, path: string, problems: LogProblem[]): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const ms = typeof value === "string" ? parseIsoDate(value) : undefined;
  if (ms !== undefined) return inRange(ms, path, problems);
  problems.push({ path, reason: "expected ISO 8601 date, e.g. 2026-11-21T12:00:00Z" });
  return undefined;
}

function readScaled(
  value: JsonValue | undefined,
  msPerUnit: number,
  path: string,
  problems: LogProblem[],
): number | undefined {
  const number = readNumber(value, path, problems);
  return number === undefined ? undefined : inRange(toMicroseconds(number * msPerUnit), path, problems);
}

function inRange(ms: number, path: string, problems: LogProblem[]): number {
  if (isTime(ms)) return ms;
  problems.push({ path, reason: "expected time between the years 1970 and 2223" });
  return 0;
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The `response.body.tracing` that this library writes, or `undefined` where a body has none or someone else's. */
export function tracingOf(responseBody: JsonObject): JsonObject | undefined {
  const { tracing } = responseBody;
  const isOurs = isJsonObject(tracing) && typeof tracing["start_time_ms"] === "number";
  return isOurs && typeof tracing["duration_ms"] === "number" ? tracing : undefined;
}
