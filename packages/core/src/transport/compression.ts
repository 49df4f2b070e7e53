import { isLoopback } from "../loopback.ts";
import type { HttpTarget } from "./http.ts";

/** What is read of an answer. */
export interface Answer {
  readonly status: number;
  readonly acceptEncoding: string | null | undefined;
  readonly retryAfter: string | null | undefined;
  readonly date: string | null | undefined;
  /** The beginning of its body. */
  readonly text: string;
}

/** Batches below this size are not worth packing. */
const MIN_GZIP_BYTES = 4_096;

/** Decides which requests are compressed; learns from answers what the endpoint takes. */
export interface CompressionPolicy {
  wantsGzip(bytes: number): boolean;
  /** Notes the `accept-encoding` of an answer: what the endpoint takes in requests (RFC 9110, 12.5.3). */
  noteAccepted(acceptEncoding: string | null | undefined): void;
  /** True where this answer to a compressed request may be about the compression. Notes a success. */
  mayBeRefused(status: number): boolean;
  /** Nothing is compressed from now on. */
  noteRefused(): void;
}

export function createCompressionPolicy({ compression, baseURL }: HttpTarget): CompressionPolicy {
  const isNear = isLoopback(new URL(baseURL));
  let accepted = false;
  let proven = false;
  let refused = false;
  return {
    wantsGzip(bytes) {
      if (refused) return false;
      if (compression !== "auto") return compression === "gzip";
      return accepted && !isNear && bytes >= MIN_GZIP_BYTES;
    },
    noteAccepted(acceptEncoding) {
      if (acceptEncoding) accepted = acceptEncoding.split(",").some(isGzip);
    },
    mayBeRefused(status) {
      proven ||= status >= 200 && status < 300;
      return status === 415 || (!proven && (status === 400 || status === 422));
    },
    noteRefused() {
      refused = true;
    },
  };
}

/**
 * Asks the endpoint, compressed where the policy wants that. What it refuses and may have refused for the compression
 * goes again as it is: a batch is never lost for the way in which it was packed.
 */
export async function askPacked<Body extends { readonly length: number }, Packed>(
  plain: Body,
  policy: CompressionPolicy,
  pack: (plain: Body) => Promise<Packed | undefined>,
  ask: (body: Body | Packed, isPacked: boolean) => Promise<Answer>,
): Promise<Answer> {
  const packed = policy.wantsGzip(plain.length) ? await pack(plain) : undefined;
  const first = await ask(packed ?? plain, packed !== undefined);
  policy.noteAccepted(first.acceptEncoding);
  if (packed === undefined || !policy.mayBeRefused(first.status)) return first;
  const second = await ask(plain, false);
  if (first.status === 415 || second.status < 300) policy.noteRefused();
  return second;
}

/** `gzip`, with any weight but 0. */
function isGzip(coding: string): boolean {
  const [name = "", weight = ""] = coding.toLowerCase().split(";");
  return name.trim() === "gzip" && !/q\s*=\s*0(\.0*)?\s*$/.test(weight);
}
