import { expect, it } from "vitest";
import {
  client,
  HERE,
  MAX_BYTES,
  record,
  SEGMENT_BYTES,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";
import { Exporter } from "../exporter.ts";
import { manualRuntime } from "../manual-runtime.ts";
import type { Outcome } from "../transport/transport.ts";

useSpoolDirectory();

const FAILS: Outcome = { kind: "retryable", message: "HTTP 500", status: 500 };

it("a record that is larger than a batch, and on which the server fails, holds up no other for ever", async () => {
  const runtime = manualRuntime();
  const exporter = new Exporter({
    batch: { maxRecords: 5, maxBytes: 1_000, flushIntervalMs: 100 },
    store: (events) => client(HERE, SEGMENT_BYTES, MAX_BYTES, events).store,
    transport: { send: async ({ bytes }) => (bytes > 1_000 ? FAILS : { kind: "accepted" }) },
    deadlineMs: 60_000,
    runtime,
    onRefusal: () => undefined,
    onDrop: () => undefined,
    onDiagnostic: () => undefined,
    onPendingChange: () => undefined,
  });
  exporter.enqueue(record("large", 2_000));
  for (let minutes = 0; minutes < 5; minutes++) {
    exporter.enqueue(record("small", 10));
    for (let turn = 0; turn < 60; turn++) {
      runtime.advance(1_000);
      for (let step = 0; step < 20; step++) await Promise.resolve();
    }
  }
  expect(exporter.report()).toMatchObject({ recorded: 6, sent: 5, pending: 0, droppedByReason: { rejected: 1 } });
});
