import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { fail } from "./failure.ts";

/** What {@link requireKey} takes. */
export interface KeyOptions {
  readonly apiKey: string;
  /** Told of a key that was wrong. */
  readonly onWrongKey: (context: Context) => void;
}

const WHICH_KEY =
  "Give it as the password when the browser asks; the user name does not matter. It is the key that the collector was " +
  "started with, by --api-key or PORTKEY_TRACES_API_KEY.";

/**
 * Asks for the key: `x-portkey-api-key` or `Authorization: Bearer`, as Portkey's clients send it, or the password of
 * `Authorization: Basic` with any user name, as browsers ask for it. Compared in a time that tells nothing.
 */
export function requireKey({ apiKey, onWrongKey }: KeyOptions): MiddlewareHandler {
  const expected = digest(apiKey);
  return async (context, next) => {
    const given = givenKeys(context);
    if (given.some((key) => timingSafeEqual(digest(key), expected))) return next();
    if (given.length > 0) onWrongKey(context);
    // A browser asks its user on this; clients of the API have no use for it.
    if (!context.req.path.startsWith("/v1/")) {
      context.header("www-authenticate", 'Basic realm="portkey-traces", charset="UTF-8"');
    }
    return fail(context, 401, "this collector wants its API key: x-portkey-api-key, or the password in a browser", {
      title: "This collector wants its API key",
      advice: given.length > 0 ? `That was not it. ${WHICH_KEY}` : WHICH_KEY,
    });
  };
}

function givenKeys(context: Context): string[] {
  const { scheme, credentials } = /^(?<scheme>\w+) +(?<credentials>\S+) *$/.exec(
    context.req.header("authorization") ?? "",
  )?.groups ?? { scheme: "", credentials: "" };
  const own = context.req.header("x-portkey-api-key");
  return [own, fromScheme(scheme?.toLowerCase(), credentials)].filter((key) => key !== undefined);
}

function fromScheme(scheme: string | undefined, credentials = ""): string | undefined {
  if (scheme === "bearer") return credentials;
  if (scheme !== "basic") return undefined;
  const pair = Buffer.from(credentials, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
