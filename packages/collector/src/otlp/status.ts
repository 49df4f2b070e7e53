import type { Context } from "hono";

/** The type of what is in protobuf. */
export const PROTOBUF = "application/x-protobuf";

/** Whether a request is in protobuf: then its answer is, too, whatever the answer is. */
export function isProtobuf(context: Context): boolean {
  const [type = ""] = (context.req.header("content-type") ?? "").split(";");
  return type.trim().toLowerCase() === PROTOBUF;
}

/** Field 2, which has its length before it. */
const MESSAGE = 2 * 8 + 2;

/**
 * `google.rpc.Status`, which OTLP wants as the body of every answer that is no success. Written by hand: it has one field
 * that anybody reads, and whatever refuses a request needs it at once, while `pbf` is loaded by who sends spans.
 */
export function encodeStatus(message: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(message);
  const length: number[] = [];
  let rest = text.length;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([MESSAGE, ...length, rest, ...text]);
}
