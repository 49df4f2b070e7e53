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
