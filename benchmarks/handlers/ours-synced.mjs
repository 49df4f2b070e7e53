import { spooled } from "./ours-spooled.mjs";

/** Durable against the end of the machine, too. */
export function create(sinkUrl) {
  return spooled(sinkUrl, "os");
}
