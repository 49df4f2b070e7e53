/** Ids that an address would take for a step, and those that are written as these are. */
const STEP = /^~*\.{1,2}$/;
const WRITTEN_STEP = /^~+\.{1,2}$/;

/**
 * An id as a part of an address. `.` and `..` are steps to clients and proxies, however they are encoded (RFC 3986,
 * 6.2.2), so a `~` stands before them, and one more before an id that is written like that.
 */
export function toPathPart(id: string): string {
  return encodeURIComponent(STEP.test(id) ? `~${id}` : id.toWellFormed());
}

/** The id that a part of an address stands for, once it is decoded. */
export function fromPathPart(part: string): string {
  return WRITTEN_STEP.test(part) ? part.slice(1) : part;
}
