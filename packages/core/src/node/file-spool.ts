import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { ConfigError } from "../config-error.ts";
import type { RecordKind, RecordStore, Spool, SpoolClient } from "../record-store.ts";
import { BEAT_MS } from "./claim.ts";
import { SpoolStore } from "./spool-store.ts";

/**
 * What an ended span survives. `process`: it is written when the span ends, and survives the end of the process, `kill -9`
 * too; a crash of the operating system costs what that had not written to the medium yet (Linux: up to some 30 seconds).
 * `os`: it is brought to the medium as well, beside the program; a crash costs what ended while the medium was last
 * written to (milliseconds, on slow disks more).
 */
export type Durability = "process" | "os";

/** Options of {@link fileSpool}. */
export interface FileSpoolOptions {
  /** Made where it is not there, for the user only. May be shared by any number of processes on a local file system. */
  readonly directory: string;
  /**
   * Bytes on disk of all spans in the directory; beyond it the oldest are dropped, counted. 256 MiB where not given.
   * Feedback has as many beside them, at most 4 MiB.
   */
  readonly maxBytes?: number | undefined;
  /** `process` where not given. */
  readonly durability?: Durability | undefined;
  /**
   * Names where spans belong. A process sends what others left only where the account is the same. Where not given, it is
   * the same for the same `baseURL` and API key: name it to let a later key send what an earlier one left.
   */
  readonly account?: string | undefined;
}

const OPTIONS: readonly string[] = [
  "directory",
  "maxBytes",
  "durability",
  "account",
] satisfies (keyof FileSpoolOptions)[];
const DEFAULT_MAX_BYTES = 268_435_456;
const MIN_MAX_BYTES = 65_536;
const MAX_FEEDBACK_BYTES = 4_194_304;
const BLOCK_BYTES = 4_096;
const MAX_SEGMENT_BYTES = 1_048_576;

/**
 * Keeps ended spans in files until they are sent, by this process or a later one. Nothing is read or written before a
 * client is created with it. A disk that is full or cannot be written to is told of once; spans wait in memory then.
 * @throws ConfigError for a wrong option
 */
export function fileSpool(options: FileSpoolOptions): Spool {
  checkNames(options);
  const { directory, maxBytes = DEFAULT_MAX_BYTES, durability = "process", account } = options;
  if (typeof directory !== "string" || directory === "") refuse("directory", "must be a text that is not empty");
  if (!Number.isSafeInteger(maxBytes) || maxBytes < MIN_MAX_BYTES)
    refuse("maxBytes", `must be a whole number of at least ${MIN_MAX_BYTES}`);
  if (durability !== "process" && durability !== "os") refuse("durability", 'must be "process" or "os"');
  if (account !== undefined && (typeof account !== "string" || account === ""))
    refuse("account", "must be a text that is not empty");
  const shared = { syncs: durability === "os", now: Date.now };
  return {
    open(client: SpoolClient): RecordStore {
      const destination = digest(account === undefined ? `key\n${client.destination}` : `account\n${account}`);
      const place = placeOf(client.kind, resolve(directory), maxBytes);
      const store = new SpoolStore({ ...shared, ...place, destination }, client.memory, client.events);
      keepTicking(new WeakRef(store), client.schedule);
      return store;
    },
  };
}

/**
 * Feedback lies in a directory of its own, with a bound of its own: no outage full of spans pushes out a thumb, and an
 * older version of this package, which knows of spans only, does not see it.
 */
function placeOf(kind: RecordKind, base: string, maxBytesOfSpans: number) {
  const isFeedback = kind === "feedback";
  const directory = isFeedback ? join(base, "feedback") : base;
  const maxBytes = isFeedback ? Math.min(maxBytesOfSpans, MAX_FEEDBACK_BYTES) : maxBytesOfSpans;
  return { kind, directory, maxBytes, segmentBytes: toSegmentBytes(maxBytes) };
}

/** A client that is no longer used can be collected: the timer does not hold it. */
function keepTicking(store: WeakRef<SpoolStore>, schedule: SpoolClient["schedule"]): void {
  schedule(() => {
    const alive = store.deref();
    if (alive === undefined || alive.isClosed) return;
    alive.tick();
    keepTicking(store, schedule);
  }, BEAT_MS);
}

/** Small enough that dropping one costs little of the whole, large enough that there are not too many files. */
function toSegmentBytes(maxBytes: number): number {
  const blocks = Math.floor(maxBytes / 64 / BLOCK_BYTES);
  return Math.min(MAX_SEGMENT_BYTES, Math.max(1, blocks) * BLOCK_BYTES);
}

/** Tells destinations apart; neither key nor address can be read from it. */
function digest(text: string): string {
  return createHash("sha256").update(`portkey-tracing spool\n${text}`).digest("hex").slice(0, 16);
}

/** Catches where no compiler does what would be ignored else. */
function checkNames(options: unknown): void {
  if (typeof options !== "object" || options === null) refuse("directory", "must be given: fileSpool({ directory })");
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) refuse(unknown, `unknown option; there are ${OPTIONS.join(", ")}`);
}

function refuse(option: string, problem: string): never {
  throw new ConfigError(`fileSpool.${option}`, problem);
}
