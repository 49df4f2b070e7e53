import type { ByteBudget } from "./byte-budget.ts";

/** What one request, and all of them together, may ask of the collector. */
export interface RequestLimits {
  /** Of one body, after decompression. */
  readonly maxBodyBytes: number;
  /** Of all bodies that are being worked on. */
  readonly budget: ByteBudget;
  /** Told how long each body was that could be read. */
  readonly onBody: (bytes: number) => void;
}

/** Of one body, unless told. */
export const DEFAULT_MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/** Of all bodies together, in largest bodies. */
export const BODIES_AT_ONCE = 4;

/** Requests a second of one client, unless told. */
export const DEFAULT_REQUESTS_PER_SECOND = 2_000;

/** What a wrong key costs of them. */
export const WRONG_KEY_REQUESTS = 100;
