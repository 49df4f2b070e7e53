import type { JsonValue } from "../json.ts";
import { snapshot } from "../snapshot.ts";
import { toUtf8 } from "../utf8.ts";
import { type Cut, trimRecord } from "../wire/trim-record.ts";
import { passOn } from "./pass-on.ts";
import type { Outcome, Transport } from "./transport.ts";

/** UTF-8 bytes of content that a record may keep in each of its bodies, one after the other. */
const BUDGETS = [131_072, 16_384, 2_048];
const MAX_DEPTH = 40;

const cut: Cut = (value, maxBytes) => snapshot(value, { maxBytes, maxDepth: MAX_DEPTH }) ?? null;

/** Sends a record that alone is too large again with less and less in it, until the server takes it or nothing helps. */
export function trimming(inner: Transport, onTrimmed: () => void): Transport {
  return {
    async send(batch, signal): Promise<Outcome> {
      let outcome = await inner.send(batch, signal);
      const [record, ...others] = batch.records;
      if (record === undefined || others.length > 0) return outcome;
      let size = record.length;
      for (const budget of BUDGETS) {
        if (outcome.kind !== "rejected" || outcome.reason !== "too_large") break;
        const trimmed = trim(record, budget);
        if (trimmed === undefined || trimmed.length >= size) continue;
        size = trimmed.length;
        outcome = await inner.send({ ...batch, records: [trimmed], bytes: size }, signal);
        if (outcome.kind === "accepted") onTrimmed();
      }
      return outcome;
    },
    ...passOn(inner),
  };
}

function trim(record: Uint8Array, budget: number): Uint8Array | undefined {
  const value = JSON.parse(new TextDecoder().decode(record)) as JsonValue;
  const trimmed = trimRecord(value, budget, cut);
  return trimmed === undefined ? undefined : toUtf8(JSON.stringify(trimmed));
}
