import { pipeline } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { Context } from "hono";
import { accepts } from "hono/accepts";

/** Answers up to this size are sent as one, with their length. */
const WHOLE_BYTES = 262_144;

/** Fast: what is sent in pieces is long. */
const GZIP = { level: constants.Z_BEST_SPEED, chunkSize: 65_536 };

const JSON_TYPE = { "content-type": "application/json" };

/**
 * Answers with JSON that is made piece by piece, no faster than it is taken, and that is made no further once the client has
 * gone. What fails before the first pieces are there is thrown. What fails later is told to `onFailure`, and the connection
 * is broken off: its end is missing, so nobody takes the answer for a whole one.
 */
export async function answerInPieces(
  context: Context,
  pieces: AsyncGenerator<Uint8Array>,
  onFailure: (error: unknown) => void,
): Promise<Response> {
  if (context.req.method === "HEAD") return context.body(null, 200, JSON_TYPE);
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < WHOLE_BYTES) {
    const next = await pieces.next();
    if (next.done === true) return context.body(Buffer.concat(first), 200, JSON_TYPE);
    first.push(next.value);
    size += next.value.length;
  }
  const all = startingWith(first, pieces);
  context.header("vary", "Accept-Encoding", { append: true });
  if (!takesGzip(context)) return context.body(toStream(context, all, onFailure), 200, JSON_TYPE);
  const etag = context.res.headers.get("etag");
  if (etag !== null) context.header("etag", `W/${etag}`);
  const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
  return context.body(toStream(context, compress(all), onFailure), 200, headers);
}

async function* startingWith(
  first: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.concat(first);
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function takesGzip(context: Context): boolean {
  return accepts(context, { header: "Accept-Encoding", supports: ["gzip"], default: "identity" }) === "gzip";
}

/** Not by a `CompressionStream`: Node's takes 16,384 pieces more than are asked for. */
async function* compress(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pipeline(pieces, createGzip(GZIP), () => undefined);
}

function toStream(
  context: Context,
  pieces: AsyncGenerator<Uint8Array>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let isGone = false;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const next = await pieces.next();
        // The client went while the piece was made: there is nobody to give it to.
        if (isGone) return;
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        if (isGone) return;
        onFailure(error);
        breakOff(context, controller);
      }
    },
    cancel: async () => {
      isGone = true;
      await pieces.return(undefined);
    },
  });
}

/** Node's server ends an answer that fails, and prints what it failed at: that is not for everybody. */
function breakOff(context: Context, controller: ReadableStreamDefaultController): void {
  const { outgoing } = (context.env ?? {}) as { outgoing?: { destroy?: () => void } };
  if (outgoing?.destroy === undefined) controller.error(new Error("the answer broke off"));
  else outgoing.destroy();
}
