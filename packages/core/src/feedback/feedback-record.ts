import { isJsonObject, type JsonValue } from "../json.ts";
import type { HttpRequest } from "../transport/http.ts";
import type { Batch } from "../transport/transport.ts";
import { toUtf8 } from "../utf8.ts";
import { checkFeedbackId } from "./feedback.ts";

/** One request to the feedback API, as it waits. */
export interface FeedbackRecord {
  /** Names the record in this process; the API takes no id of ours. */
  readonly key: string;
  /** The feedback that is changed; absent where it is given. */
  readonly id?: string | undefined;
  /** One feedback, or a list of them. */
  readonly body: JsonValue;
}

/** The key stands last: records are told apart by their ends. */
export function encodeRecord({ key, id, body }: FeedbackRecord): Uint8Array {
  return toUtf8(JSON.stringify({ ...(id === undefined ? {} : { id }), body, key }));
}

/** `undefined` for what is none: a file may hold anything. */
export function decodeRecord(bytes: Uint8Array | undefined): FeedbackRecord | undefined {
  try {
    const { key, id, body } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<FeedbackRecord>;
    if (typeof key !== "string" || (id !== undefined && checkFeedbackId(id) !== undefined)) return undefined;
    if (!isJsonObject(body) && !Array.isArray(body)) return undefined;
    return { key, id, body };
  } catch {
    // No JSON, or no object.
    return undefined;
  }
}

/** The request for a batch, which is one record. */
export function toFeedbackRequest({ records: [bytes] }: Batch): HttpRequest {
  const record = decodeRecord(bytes);
  const body = toUtf8(JSON.stringify(record?.body ?? null)).slice();
  const id = record?.id;
  if (id === undefined) return { path: "/feedback", method: "POST", body };
  return { path: `/feedback/${encodeURIComponent(id)}`, method: "PUT", body };
}
