import { basename, dirname, join } from "node:path";
import { renamed } from "./adopter.ts";
import type { Segment } from "./segment.ts";

/**
 * Brings the files of a client that has lost its claim under its new id. Answers the segments whose files are gone.
 * @throws what the operating system says
 */
export function moveToOwner(segments: readonly Segment[], formerId: string, id: string): Segment[] {
  return segments.filter((segment) => {
    segment.isSealed = true;
    if (segment.goneFor !== undefined) return false;
    const path = join(dirname(segment.path), basename(segment.path).replace(formerId, id));
    if (!renamed(segment.path, path)) return true;
    segment.path = path;
    return false;
  });
}
