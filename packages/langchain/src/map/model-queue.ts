import { fieldsOf } from "../read.ts";
import { readable } from "./readable.ts";

/**
 * Whether a model may hold requests back until others are answered (`maxConcurrency`): those are then made in the async
 * context of another call. Models that do not tell their settings may.
 */
export function mayQueueRequests(serialized: unknown): boolean {
  return readable(() => {
    const settings = fieldsOf(serialized)["kwargs"];
    if (typeof settings !== "object" || settings === null) return true;
    const { max_concurrency, maxConcurrency = max_concurrency } = fieldsOf(settings);
    return typeof maxConcurrency === "number" && Number.isFinite(maxConcurrency);
  }, true);
}
