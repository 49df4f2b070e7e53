/** Why a span was lost. Every loss has one of these names, and is counted under it. */
export const DROP_REASONS = [
  /** More waited than `queue` allows; the oldest went. */
  "queue_overflow",
  /** One record alone was more than the server, or the queue, takes. */
  "too_large",
  /** The server refused the record for what it is (400, 404, 422, …). */
  "rejected",
  /** The server refused the key until the end. */
  "unauthorized",
  /** The server could not be reached within `retry.deadlineMs`. */
  "retries_exhausted",
  /** The transport threw. */
  "transport_failed",
  /** The span could not be made into JSON. */
  "encode_failed",
  /** Its place in the spool was damaged, or somebody removed it. */
  "spool_damaged",
  /** Another process took this one for dead, and sends what it had spooled. */
  "taken_over",
  /** It was still waiting when `shutdown()` ran out of time, or came after it. */
  "shutdown",
] as const;

/** One of {@link DROP_REASONS}. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Encoded records that are sent together. */
export interface Batch {
  /** Each a JSON object in UTF-8. */
  readonly records: readonly Uint8Array[];
  /** Bytes of all records together. */
  readonly bytes: number;
  /** How often it is sent at most where the failure may be about what it holds. */
  readonly attempts?: number;
  /** When all attempts are over, by the runtime's clock; without it `retry.deadlineMs` from the first one. */
  readonly untilMs?: number;
}

/** These records as a batch. */
export function toBatch(records: readonly Uint8Array[]): Batch {
  return { records, bytes: records.reduce((sum, record) => sum + record.length, 0) };
}

/** What became of an attempt to deliver a batch. */
export type Outcome =
  | { readonly kind: "accepted" }
  | {
      /** It may work later: network errors, 408, 425, 429, 5xx. */
      readonly kind: "retryable";
      readonly message: string;
      readonly status?: number;
      /** What the server asked for by `Retry-After`. Milliseconds. */
      readonly retryAfterMs?: number;
    }
  | {
      /** It will not work with this content, or this key. */
      readonly kind: "rejected";
      readonly reason:
        | "too_large"
        | "rejected"
        | "unauthorized"
        | "retries_exhausted"
        | "transport_failed"
        | "shutdown";
      readonly message: string;
      readonly status?: number;
      /** The server asked for a longer wait than there is time. Milliseconds. */
      readonly retryAfterMs?: number;
      /** The server refuses what the batch holds, not every batch: a part of it may be taken. */
      readonly aboutContent?: boolean;
    };

/** True for a failure that may be about what was sent. 503 and `Retry-After` speak of the server alone. */
export function mayBeAboutContent(outcome: Outcome): boolean {
  if (outcome.kind !== "retryable" || outcome.retryAfterMs !== undefined) return false;
  return outcome.status !== undefined && outcome.status >= 500 && outcome.status !== 503;
}

/** Delivers batches. One that throws counts as one that answered `rejected` with `transport_failed`. */
export interface Transport {
  /** Sends one batch; resolves when its fate is known. When `signal` fires it stops, and answers soon. */
  send(batch: Batch, signal: AbortSignal): Promise<Outcome>;
  /** Someone waits for the end: what pauses before its next attempt makes it now, unless the server asked for the pause. */
  wake?(): void;
  /** Frees sockets and files. */
  close?(): Promise<void>;
}
