import type { Context } from "hono";

/** Answers up to this size are sent as one, with their length. */
const WHOLE_BYTES = 262_144;

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
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < WHOLE_BYTES) {
    const next = await pieces.next();
    if (next.done === true) return context.body(Buffer.concat(first), 200, JSON_TYPE);
    first.push(next.value);
    size += next.value.length;
  }
  return context.body(toStream(context, first, pieces, onFailure), 200, JSON_TYPE);
}

const JSON_TYPE = { "content-type": "application/json" } as const;

function toStream(
  context: Context,
  first: readonly Uint8Array[],
  pieces: AsyncGenerator<Uint8Array>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.concat(first)),
    pull: async (controller) => {
      try {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        onFailure(error);
        breakOff(context, controller);
      }
    },
    cancel: async () => {
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

const COMMA: Uint8Array = encodeText(",");

/** Puts commas between pieces. */
export async function* withCommas(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of pieces) {
    yield isFirst ? piece : Buffer.concat([COMMA, piece]);
    isFirst = false;
  }
}

/** The members of a list as JSON, with commas between them. */
export function encodeMembers(list: readonly unknown[]): Uint8Array {
  return encodeText(JSON.stringify(list).slice(1, -1));
}

/** A text in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
