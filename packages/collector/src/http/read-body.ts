/** The text of a request's body, or why it was refused. */
export type BodyReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly reason: string };

/**
 * Reads a body as UTF-8 text, plain or gzipped. The limit counts bytes after decompression, and no more than that is
 * ever held.
 */
export async function readBody(request: Request, maxBytes: number): Promise<BodyReading> {
  const tooLarge: BodyReading = { ok: false, status: 413, reason: `body: expected at most ${maxBytes} bytes` };
  if (Number(request.headers.get("content-length")) > maxBytes) return tooLarge;
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    return { ok: false, status: 415, reason: "content-encoding: expected gzip or none" };
  }
  if (request.body === null) return { ok: false, status: 400, reason: "body: expected JSON" };
  const body = encoding === "gzip" ? request.body.pipeThrough(new DecompressionStream("gzip")) : request.body;
  try {
    const bytes = await collect(body, maxBytes);
    if (bytes === undefined) return tooLarge;
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    const reason = explain(error, encoding === "gzip");
    if (reason === undefined) throw error;
    return { ok: false, status: 400, reason };
  }
}

/** Why a body could not be read, where its sender is to blame. What the decoders throw differs between versions of Node. */
function explain(error: unknown, isGzip: boolean): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNRESET") return "body: ended early";
  if (code.startsWith("Z_")) return "body: expected gzip";
  if (!(error instanceof TypeError)) return undefined;
  return isGzip ? "body: expected gzip of UTF-8" : "body: expected UTF-8";
}

/** The bytes of a stream, or `undefined` once there are more than the limit. */
async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
