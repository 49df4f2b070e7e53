import type { JsonObject, JsonValue } from "../json.ts";
import { type LogProblem, MAX_NAME_CHARACTERS, readId, textOf } from "./log-fields.ts";

/** Where in a log its ids may stand. */
export interface IdPlaces {
  readonly metadata: JsonObject;
  readonly record: JsonObject;
  /** Headers of the logged request, with lower-case names. */
  readonly headers: ReadonlyMap<string, JsonValue>;
  /** A record of this library: its ids stand in `metadata` in camelCase, anything else there is the user's own. */
  readonly isOurs: boolean;
}

/** Ids and name as the log gives them. */
export interface LogIds {
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly parentSpanId: string | undefined;
  readonly name: string | undefined;
}

interface Spelling {
  readonly camel: string;
  readonly snake: string;
  readonly header: string;
}

const TRACE_ID: Spelling = { camel: "traceId", snake: "trace_id", header: "x-portkey-trace-id" };
const SPAN_ID: Spelling = { camel: "spanId", snake: "span_id", header: "x-portkey-span-id" };
const PARENT_ID: Spelling = { camel: "parentSpanId", snake: "parent_span_id", header: "x-portkey-parent-span-id" };
const NAME: Spelling = { camel: "spanName", snake: "span_name", header: "x-portkey-span-name" };

/** Keys of `metadata` that are ids where their camelCase form is absent. */
const SNAKE_CASE_KEYS = [TRACE_ID, SPAN_ID, PARENT_ID, NAME];

/**
 * Ids by precedence: `metadata` in camelCase, then in snake_case, then top level in snake_case, then in camelCase, then
 * the `x-portkey-*` headers of the logged request.
 */
export function readIds(places: IdPlaces, problems: LogProblem[]): LogIds {
  return {
    traceId: readFirst(places, TRACE_ID, problems),
    spanId: readFirst(places, SPAN_ID, problems),
    parentSpanId: readFirst(places, PARENT_ID, problems),
    name: readName(places),
  };
}

/** Keys of `metadata` that were read as ids, and so are none of the user's. */
export function idKeysIn(metadata: JsonObject, isOurs: boolean): string[] {
  const camel = SNAKE_CASE_KEYS.map((spelling) => spelling.camel);
  if (isOurs) return camel;
  const snake = SNAKE_CASE_KEYS.filter((spelling) => isAbsent(metadata[spelling.camel]));
  return [...camel, ...snake.map((spelling) => spelling.snake)];
}

function readFirst(places: IdPlaces, spelling: Spelling, problems: LogProblem[]): string | undefined {
  for (const [path, value] of candidates(places, spelling)) {
    const id = readId(value, path, problems);
    if (id !== undefined || problems.length > 0) return id;
  }
  return undefined;
}

function candidates(places: IdPlaces, { camel, snake, header }: Spelling): [string, JsonValue | undefined][] {
  const first: [string, JsonValue | undefined] = [`metadata.${camel}`, places.metadata[camel]];
  if (places.isOurs) return [first];
  return [
    first,
    [`metadata.${snake}`, places.metadata[snake]],
    [snake, places.record[snake]],
    [camel, places.record[camel]],
    [`request.headers.${header}`, places.headers.get(header)],
  ];
}

/** `metadata` holds at most 128 characters of a name, the top level holds all of it. */
function readName(places: IdPlaces): string | undefined {
  const names = candidates({ ...places, isOurs: false }, NAME)
    .map(([, value]) => textOf(typeof value === "number" ? String(value) : value))
    .filter((name) => name !== undefined);
  const [first] = names;
  if (first === undefined) return undefined;
  const whole = names.find((name) => name.length > first.length && name.startsWith(first)) ?? first;
  return whole.length > MAX_NAME_CHARACTERS ? whole.slice(0, MAX_NAME_CHARACTERS).toWellFormed() : whole;
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === "";
}
