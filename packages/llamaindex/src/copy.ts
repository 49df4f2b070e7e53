import type { CorePlace } from "./find-copy.ts";
import { type EventCaller, read } from "./shapes.ts";

/** One loaded copy of LlamaIndex's core: tells which methods of that copy enclose the code that runs now. */
export interface Copy {
  /** The innermost enclosing method, with the others as its parents. */
  caller(): EventCaller | undefined;
  /** Where its files are, if that can be known. */
  readonly place: CorePlace | undefined;
}

/** True for a manager of ours, made by any handler of any copy of this package. */
export function isOwnManager(value: object): value is Copy {
  return read(value, "isPortkeyManager") === true;
}
