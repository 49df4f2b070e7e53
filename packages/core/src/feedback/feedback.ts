import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { DropReason } from "../transport/transport.ts";

/** What somebody thinks of a trace: a thumb, a star, the verdict of an evaluation. */
export interface Feedback {
  /** The trace that it is about; the one that encloses the code that runs now, else the one that ended last. */
  readonly traceId?: string | undefined;
  /** A whole number from −10 to 10. */
  readonly value: number;
  /** How much it counts, from 0 to 1; 1 where it is not given. */
  readonly weight?: number | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What may be changed of a feedback. */
export type FeedbackChange = Omit<Feedback, "traceId">;

/** What became of feedback. */
export type FeedbackResult =
  | {
      readonly status: "accepted";
      /** The server's ids, in the order of what was sent; as many as it told. */
      readonly ids: readonly string[];
    }
  | {
      /** Neither taken nor lost yet: the server cannot be reached, or refuses the key. It waits, on disk with a spool. */
      readonly status: "pending";
      readonly message: string;
    }
  | {
      readonly status: "refused";
      /** `invalid`: never sent. Otherwise as with spans: what the server, or the way to it, gave as the reason. */
      readonly reason: "invalid" | "disabled" | DropReason;
      readonly message: string;
    };

/** The JSON that the API takes. */
export type FeedbackBody = JsonObject;

/** The body of one feedback, or what is wrong with it. */
export type Checked = { readonly body: FeedbackBody } | { readonly problem: string };

const MIN_VALUE = -10;
const MAX_VALUE = 10;
const MAX_ID = 512;

/** What metadata goes through. */
export interface MetadataPolicies {
  /** Copies it within bounds, by the rules that hold for metadata of spans. */
  readonly toPlain: (value: unknown) => JsonValue | undefined;
  /** What the redactors leave of it: no object where one of them throws. */
  readonly redact: (value: JsonValue) => JsonValue | undefined;
}

/** Checks one feedback. `path` names it in messages. */
export function checkFeedback(given: unknown, path: string, { toPlain, redact }: MetadataPolicies): Checked {
  if (typeof given !== "object" || given === null) return { problem: `${path || "feedback"} must be an object` };
  const { value, weight, metadata } = given as Record<string, unknown>;
  const name = (member: string): string => (path === "" ? member : `${path}.${member}`);
  if (!Number.isInteger(value) || (value as number) < MIN_VALUE || (value as number) > MAX_VALUE) {
    return { problem: `${name("value")} must be a whole number from −10 to 10, not ${toWords(value)}` };
  }
  if (weight !== undefined && !(typeof weight === "number" && weight >= 0 && weight <= 1)) {
    return { problem: `${name("weight")} must be a number from 0 to 1, not ${toWords(weight)}` };
  }
  const plain = metadata === undefined ? {} : toPlain(metadata);
  if (!isJsonObject(plain)) return { problem: `${name("metadata")} must be an object` };
  const told = metadata === undefined ? undefined : redact(plain);
  return {
    body: { value: value as number, weight: weight ?? 1, ...(isJsonObject(told) ? { metadata: told } : {}) },
  };
}

/** What is wrong with the id of a trace. One that is too long is cut, as it is in the spans of that trace. */
export function checkTraceId(id: unknown, name: string): string | undefined {
  return typeof id === "string" && id !== "" ? undefined : `${name} must be a text that is not empty`;
}

/** What is wrong with the id of a feedback, which becomes a part of an address. */
export function checkFeedbackId(id: unknown): string | undefined {
  if (typeof id !== "string" || id === "") return "id must be a text that is not empty";
  if (id === "." || id === ".." || id.toWellFormed() !== id) return "id must be one that stands in an address";
  return id.length > MAX_ID ? `id must have at most ${MAX_ID} characters` : undefined;
}

/** Ids in the server's answer, `{ feedback_ids: [...] }`. */
export function readIds(text: string): string[] {
  try {
    const answer: unknown = JSON.parse(text);
    const ids = typeof answer === "object" && answer !== null && "feedback_ids" in answer ? answer.feedback_ids : [];
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    // A success without ids is one all the same.
    return [];
  }
}

/** Never a text: it may be anything. */
function toWords(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
