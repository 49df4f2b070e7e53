import { isIPv6 } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { fail } from "./failure.ts";

/** What {@link createRateLimit} takes. */
export interface RateLimitOptions {
  /** Requests that one client may make each second, and twice as many at once. 0 for no limit. */
  readonly perSecond: number;
  /** Milliseconds, of any clock that goes forward. */
  readonly now: () => number;
}

/** Keeps each client within its rate. */
export interface RateLimit {
  readonly middleware: MiddlewareHandler;
  /** Counts a request as so many more of them. */
  charge(context: Context, requests: number): void;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Clients that are remembered; beyond it the longest unseen is forgotten, so that memory stays bounded. */
const MAX_CLIENTS = 10_000;

/** One token bucket a client, by its address; of IPv6 addresses, by the network of 64 bits that one client may have. */
export function createRateLimit({ perSecond, now }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, Bucket>();
  const most = perSecond * 2;
  const fill = (context: Context): Bucket => {
    const client = clientOf(context);
    const nowMs = now();
    const bucket = buckets.get(client) ?? { tokens: most, atMs: nowMs };
    bucket.tokens = Math.min(most, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000);
    bucket.atMs = nowMs;
    buckets.delete(client);
    buckets.set(client, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_CLIENTS && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  };
  return {
    charge: (context, requests) => {
      if (perSecond > 0) fill(context).tokens -= requests;
    },
    middleware: async (context, next) => {
      if (perSecond === 0) return next();
      const bucket = fill(context);
      if (bucket.tokens < 1) {
        context.header("retry-after", String(Math.ceil((1 - bucket.tokens) / perSecond)));
        return fail(context, 429, `too many requests: at most ${perSecond} a second`);
      }
      bucket.tokens -= 1;
      return next();
    },
  };
}

function clientOf(context: Context): string {
  const { incoming } = (context.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  const address = incoming?.socket?.remoteAddress ?? "";
  return isIPv6(address) && !address.includes(".") ? networkOf(address) : address;
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail ?? "").split(":")].slice(0, 4).join(":");
}
