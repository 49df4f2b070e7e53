import { createHttpTransport } from "#http-transport";
import type { Diagnostic } from "./diagnostics.ts";
import { Exporter } from "./exporter.ts";
import type { ResolvedOptions } from "./options.ts";
import { RecordQueue } from "./record-queue.ts";
import type { QueueLimits, RecordKind, RecordStore, StoreEvents } from "./record-store.ts";
import { createRefusalReporter } from "./refusals.ts";
import type { Runtime } from "./runtime.ts";
import { retrying } from "./transport/retrying.ts";
import { trimming } from "./transport/trimming.ts";

/** What hears of the exporter. */
export interface ExporterEvents {
  readonly diagnose: (diagnostic: Diagnostic) => void;
  readonly onTruncated: () => void;
  readonly onPendingChange: () => void;
}

/** The way of records out of the process, from the store in which they wait to the endpoint. */
export function createExporter(options: ResolvedOptions, runtime: Runtime, events: ExporterEvents): Exporter {
  const { diagnose, onTruncated, onPendingChange } = events;
  const refusals = createRefusalReporter(options, diagnose);
  const transport = options.transport ?? createHttpTransport(options);
  return new Exporter({
    batch: {
      ...options.batch,
      maxRecords: Math.min(options.batch.maxRecords, options.queue.maxRecords),
      maxBytes: Math.min(options.batch.maxBytes, options.queue.maxBytes),
    },
    deadlineMs: options.retry.deadlineMs,
    store: (storeEvents) => openStore("spans", options.queue, options, storeEvents, runtime),
    transport: trimming(retrying(transport, options.retry, runtime, refusals.onRetry), onTruncated),
    runtime,
    onRefusal: refusals.onRefusal,
    onDrop: refusals.onDrop,
    onDiagnostic: diagnose,
    onPendingChange,
  });
}

/** Where records of a kind wait: on disk where the program has a spool, else in memory. */
export function openStore(
  kind: RecordKind,
  memory: QueueLimits,
  { spool, baseURL, apiKey }: Pick<ResolvedOptions, "spool" | "baseURL" | "apiKey">,
  events: StoreEvents,
  runtime: Runtime,
): RecordStore {
  if (spool === undefined) return new RecordQueue(memory, events);
  const destination = `${baseURL}\n${apiKey ?? ""}`;
  return spool.open({
    kind,
    events,
    memory,
    destination,
    schedule: (callback, delayMs) => runtime.schedule(callback, delayMs),
  });
}
