import { createFloor } from "./floor.mjs";

/** The floor without gzip, like ours: less CPU for long texts, more bytes. */
export function create(sinkUrl) {
  return createFloor(sinkUrl, false);
}
