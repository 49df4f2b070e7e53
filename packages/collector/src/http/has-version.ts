import type { Context } from "hono";

/**
 * Whether who asks has this version already: one of the tags in `If-None-Match` is its own (RFC 9110, 13.1.2). An
 * answer that is compressed on its way has a weak tag, and means the same.
 */
export function hasVersion(context: Context, etag: string): boolean {
  const given = context.req.header("if-none-match")?.split(",") ?? [];
  return given.map((tag) => tag.trim()).some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag);
}
