import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Why a log was refused: which field, and what was expected there. */
export interface LogProblem {
  /** Path inside the record, e.g. `request.body`; empty when it is the record itself. */
  readonly path: string;
  /** E.g. `expected object`. Never quotes the value: it may be somebody's prompt. */
  readonly reason: string;
}

/** Ids longer than this are refused: they are keys of a store. */
export const MAX_ID_CHARACTERS = 512;
/** Names longer than this are cut: lists have hundreds of them. */
export const MAX_NAME_CHARACTERS = 1_024;

/** Reads an object that may stand there as its JSON text. Absent and null are `undefined`. */
export function readObject(value: JsonValue | undefined, path: string, problems: LogProblem[]): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const object = typeof value === "string" ? parseObject(value) : value;
  if (isJsonObject(object)) return object;
  problems.push({ path, reason: "expected object" });
  return undefined;
}

/** The object in a JSON text, or `undefined` where the text is none. */
export function parseObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads an id: text, or an integer in its decimal form. Absent, null and empty are `undefined`. */
export function readId(value: JsonValue | undefined, path: string, problems: LogProblem[]): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string") {
    problems.push({ path, reason: "expected string or integer" });
    return undefined;
  }
  if (value.length <= MAX_ID_CHARACTERS) return value;
  problems.push({ path, reason: `expected at most ${MAX_ID_CHARACTERS} characters` });
  return undefined;
}

/** `Number` also reads hexadecimal, and blanks as 0. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads a number that may stand there as text, zero-padded or not. Absent, null and empty are `undefined`. */
export function readNumber(value: JsonValue | undefined, path: string, problems: LogProblem[]): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  problems.push({ path, reason: "expected number" });
  return undefined;
}

/** The value if it is text that says something. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
