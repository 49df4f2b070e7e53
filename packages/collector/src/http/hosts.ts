import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { fail } from "./failure.ts";
import { isLoopback } from "./loopback.ts";

/** Whose requests are answered. */
export interface HostOptions {
  /** Names, besides those of loopback, under which the collector is reached: `traces.example.com`. No ports. */
  readonly allowedHosts: readonly string[];
  /** A key is asked for. Then addresses that are no names are answered, too, and pages of other origins never. */
  readonly hasKey: boolean;
}

/**
 * Answers only what is addressed to this collector by a name that is its own, and only programs and pages of its own.
 * Otherwise any web page could point a name of its own at the collector's address and read the traces, or post some.
 * An address in `Host` is no such name; it is answered where a key protects what is there.
 */
export function ownHostsOnly({ allowedHosts, hasKey }: HostOptions): MiddlewareHandler {
  const names = new Set(allowedHosts.map((name) => name.toLowerCase()));
  const isOwn = (host: string): boolean => isLoopback(host) || names.has(nameOf(host)) || (hasKey && isAddress(host));
  const isOwnOrigin = (origin: string, host: string): boolean => {
    if (!URL.canParse(origin)) return false;
    const from = new URL(origin).host;
    return from === host || names.has(nameOf(from)) || (!hasKey && isLoopback(from));
  };
  return async (context, next) => {
    const addressed = new URL(context.req.url).host;
    const host = context.req.header("host") ?? addressed;
    if (!isOwn(addressed) || !isOwn(host)) {
      return fail(context, 403, "this collector does not answer to that name: check the Host header, or --allow-host", {
        title: "This collector does not answer to that name",
        advice: "Open it under a name of its own, or start it with --allow-host and the name in the address above.",
      });
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && !isOwnOrigin(origin, host)) {
      return fail(context, 403, "this collector takes no requests from pages of others: check the Origin header");
    }
    if (context.req.header("sec-fetch-site") === "cross-site" && !isLink(context)) {
      return fail(context, 403, "this collector takes no requests from pages of others");
    }
    return next();
  };
}

/** Somebody follows a link to the page. A form is none. */
function isLink({ req }: Context): boolean {
  return req.header("sec-fetch-mode") === "navigate" && ["GET", "HEAD"].includes(req.method);
}

function nameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
}

function isAddress(host: string): boolean {
  return isIP(nameOf(host).replace(/^\[|\]$/g, "")) !== 0;
}
