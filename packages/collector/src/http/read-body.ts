import type { Budget } from "./budget.ts";

/** The bytes of a request's body, or why it was refused. */
export type BodyReading =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly status: 400 | 413 | 415 | 503; readonly reason: string };

/** What {@link readBody} keeps to. */
export interface BodyLimits {
  /** Of one body, after decompression. */
  readonly maxBytes: number;
  /** Of all bodies. What was taken of it is given back by the caller once the body is done with: `bytes.length`. */
  readonly budget: Budget;
}

/** Reads a body, plain or gzipped. Limits count bytes after decompression, and no more than they allow is ever held. */
export async function readBody(request: Request, limits: BodyLimits): Promise<BodyReading> {
  const { maxBytes } = limits;
  if (Number(request.headers.get("content-length")) > maxBytes) return tooLarge(maxBytes);
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && !isGzip(encoding)) {
    return { ok: false, status: 415, reason: "content-encoding: expected gzip or none" };
  }
  if (request.body === null) return { ok: false, status: 400, reason: "body: expected one" };
  const body = isGzip(encoding) ? request.body.pipeThrough(new DecompressionStream("gzip")) : request.body;
  try {
    return await collect(body, limits);
  } catch (error) {
    const reason = explain(error, isGzip(encoding));
    if (reason === undefined) throw error;
    return { ok: false, status: 400, reason };
  }
}

/** Bytes as text, or `undefined` where they are no UTF-8. */
export function toText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Both names mean the same (RFC 9110, 8.4.1.3). */
function isGzip(encoding: string): boolean {
  return encoding === "gzip" || encoding === "x-gzip";
}

function tooLarge(maxBytes: number): BodyReading {
  return { ok: false, status: 413, reason: `body: expected at most ${maxBytes} bytes` };
}

/** Why a body could not be read, where its sender is to blame. What the decoders throw differs between versions of Node. */
function explain(error: unknown, wasGzip: boolean): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNRESET") return "body: ended early";
  if (code.startsWith("Z_") || (wasGzip && error instanceof TypeError)) return "body: expected gzip";
  return undefined;
}

/** The bytes of a stream. What is refused or fails has given back what it took. */
async function collect(stream: ReadableStream<Uint8Array>, { maxBytes, budget }: BodyLimits): Promise<BodyReading> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  try {
    for await (const chunk of stream) {
      if (size + chunk.byteLength > maxBytes) return tooLarge(maxBytes);
      if (!budget.take(chunk.byteLength)) return { ok: false, status: 503, reason: "too much at once: try again" };
      size += chunk.byteLength;
      chunks.push(chunk);
    }
    isWhole = true;
    return { ok: true, bytes: Buffer.concat(chunks) };
  } finally {
    if (!isWhole) budget.give(size);
  }
}
