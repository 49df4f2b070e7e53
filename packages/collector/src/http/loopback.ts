import type { MiddlewareHandler } from "hono";
import { fail } from "./failure.ts";

/** True for the names and addresses by which a machine reaches itself; `host` may have a port. */
export function isLoopback(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  if (hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]") return true;
  return /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Answers only what is addressed to this machine by its loopback name, and only to programs and to pages of this machine.
 * Otherwise any web page could point a name of its own at 127.0.0.1 and read the traces, or post some.
 */
export function loopbackOnly(): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host");
    const isForeign = !isLoopback(new URL(context.req.url).host) || (host !== undefined && !isLoopback(host));
    if (isForeign) return fail(context, 403, "this collector answers to localhost only: check the Host header");
    const origin = context.req.header("origin");
    if (origin !== undefined && !isLoopbackOrigin(origin)) {
      return fail(context, 403, "this collector takes requests from pages on localhost only: check the Origin header");
    }
    return next();
  };
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).host);
}
