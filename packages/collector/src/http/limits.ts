import type { Budget } from "./budget.ts";

/** What one request, and all of them together, may ask of the collector. */
export interface RequestLimits {
  /** Of one body, after decompression. */
  readonly maxBodyBytes: number;
  /** Bytes of all bodies that are being worked on. */
  readonly budget: Budget;
  /** Values in all of them. */
  readonly values: Budget;
  /** Told how long each body was that could be read. */
  readonly onBody: (bytes: number) => void;
}

/** Of one body, unless told. */
export const DEFAULT_MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/** Of all bodies together, in largest bodies. */
export const BODIES_AT_ONCE = 4;

/** Of one body: what it takes in memory depends on them, by a hundred bytes and more each. */
export const MAX_VALUES = 1_000_000;

/** Values of all bodies together. */
export const VALUES_AT_ONCE: number = 2 * MAX_VALUES;

/** Requests a second of one client, unless told. */
export const DEFAULT_REQUESTS_PER_SECOND = 2_000;

/** What a wrong key costs of them. */
export const WRONG_KEY_REQUESTS = 100;
