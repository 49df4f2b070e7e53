import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { DiagnosticCode } from "../../packages/core/src/diagnostics.ts";
import { LEASE_MS } from "../../packages/core/src/node/claim.ts";
import { SpoolStore } from "../../packages/core/src/node/spool-store.ts";
import type { StoreEvents } from "../../packages/core/src/record-store.ts";
import type { Batch, DropReason } from "../../packages/core/src/transport/transport.ts";

export const MAX_BYTES = 262_144;
export const SEGMENT_BYTES = 4_096;
export const HERE = "0123456789abcdef";
export const LIMITS = { maxRecords: 100, maxBytes: 100_000 };

/** The spool directory of the test that runs, which is not made yet, and the one that it is in. */
export const spool = { base: "", directory: "" };
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

/** Gives each test of a file a spool directory of its own. */
export function useSpoolDirectory(): void {
  beforeEach(() => {
    spool.base = mkdtempSync(join(tmpdir(), "portkey-spool-"));
    spool.directory = join(spool.base, "spool");
    aheadMs = 0;
  });
  afterEach(() => rmSync(spool.base, { recursive: true, force: true }));
}

/** One client of the directory, with books like an exporter's, unless an exporter keeps them by `events`. */
export interface SpoolClient {
  readonly store: SpoolStore;
  readonly dropped: Partial<Record<DropReason, number>>;
  readonly diagnostics: readonly DiagnosticCode[];
  readonly books: { readonly recovered: number };
}

export function client(
  destination: string = HERE,
  segmentBytes: number = SEGMENT_BYTES,
  maxBytes: number = MAX_BYTES,
  events?: StoreEvents,
): SpoolClient {
  const dropped: Partial<Record<DropReason, number>> = {};
  const diagnostics: DiagnosticCode[] = [];
  const books = { recovered: 0 };
  const { directory } = spool;
  const settings = { kind: "spans" as const, directory, maxBytes, segmentBytes, syncs: false, destination, now };
  const store = new SpoolStore(
    settings,
    { maxRecords: 1_000, maxBytes: 1_000_000 },
    events ?? {
      drop: (count, reason) => {
        dropped[reason] = (dropped[reason] ?? 0) + count;
      },
      recover: (count) => {
        books.recovered += count;
      },
      diagnose: ({ code }) => void diagnostics.push(code),
    },
  );
  if (events === undefined) store.start();
  return { store, dropped, diagnostics, books };
}

export const record = (name: string, size = 200): Uint8Array =>
  Buffer.from(JSON.stringify({ name, padding: "x".repeat(size) }));

export const names = (batch: Batch): string[] =>
  batch.records.map((each) => (JSON.parse(Buffer.from(each).toString()) as { name: string }).name);

/** Sends everything. */
export function drain(store: SpoolStore): string[] {
  const all: string[] = [];
  while (store.size > 0) {
    all.push(...names(store.take(LIMITS)));
    store.settle(undefined);
  }
  return all;
}

/** Names of the files in the directory. */
export const files = (ending: string): string[] =>
  readdirSync(spool.directory)
    .filter((file) => file.endsWith(ending))
    .toSorted();

export const pathOf = (file: string | undefined): string => join(spool.directory, file ?? "missing");

/** Who has not given a sign of life until now is dead. */
export function leaseEnds(): void {
  aheadMs += LEASE_MS + 1_000;
}
