import type { Tracing } from "../tracing-interface.ts";
import { runAsSeen } from "./call-scope.ts";
import type { RequestWatch, SeenRequest } from "./seen-request.ts";

type Fetch = typeof globalThis.fetch;
const REDIRECTS: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);
type FetchInput = Parameters<Fetch>[0];
type Added = readonly (readonly [string, string])[];

/**
 * A `fetch` that tells Portkey gateways which span a request belongs to, for clients that take one of their own:
 * `new ChatOpenAI({ configuration: { fetch: portkeyFetch(tracing) } })`. Wanted where Node's diagnostics channels are
 * not: on edge runtimes, in Bun and Deno, for clients that do not use `fetch`; and for models that queue their requests,
 * whose calls it knows by the request's body. The request and the answer are otherwise those of the given `fetch`.
 */
export function portkeyFetch(tracing: Pick<Tracing, "calls">, fetch: Fetch = globalThis.fetch): Fetch {
  return (input, init) => {
    if (!canBeRepeated(init)) return fetch(input, init);
    const added: [string, string][] = [];
    const watch = guarded(() => {
      const request = toSeenRequest(input, init, added);
      return request === undefined ? undefined : tracing.calls.starts(request);
    });
    const started = runAsSeen(() => (added.length === 0 ? fetch(input, init) : told(fetch, input, init, added)));
    return watch === undefined ? started : observe(started, watch);
  };
}

/** A request with a body that is read while it is sent is left to Node's channels. */
function canBeRepeated(init: RequestInit | undefined): boolean {
  const body = guarded(() => init?.body);
  if (body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body)) return true;
  return [ArrayBuffer, Blob, FormData, URLSearchParams].some((kind) => body instanceof kind);
}

/**
 * Makes the request with our headers. Where the gateway sends it elsewhere, they must not go along, as `fetch` would have
 * it: then it is made once more, as the program made it.
 */
async function told(fetch: Fetch, input: FetchInput, init: RequestInit | undefined, added: Added): Promise<Response> {
  const asked = requestIn(input);
  if ((init?.redirect ?? asked?.redirect ?? "follow") !== "follow")
    return fetch(input, withHeaders(input, init, added));
  const spare = asked?.clone();
  const response = await fetch(input, { ...withHeaders(input, init, added), redirect: "manual" });
  if (!isRedirect(response)) {
    leave(spare?.body);
    return response;
  }
  leave(response.body);
  return fetch(spare ?? input, init);
}

/** Browsers hide the status of a redirect that was not followed. */
function isRedirect(response: Partial<Response> | undefined): boolean {
  return response?.type === "opaqueredirect" || REDIRECTS.has(response?.status);
}

function leave(body: ReadableStream | null | undefined): void {
  body?.cancel().catch(() => undefined);
}

function toSeenRequest(
  input: FetchInput,
  init: Parameters<Fetch>[1],
  added: [string, string][],
): SeenRequest | undefined {
  const asked = requestIn(input);
  const method = init?.method ?? asked?.method ?? "GET";
  if (method.toUpperCase() !== "POST") return undefined;
  const headers = new Headers(init?.headers ?? asked?.headers);
  const body = typeof init?.body === "string" ? init.body : undefined;
  return {
    method: "POST",
    url: new URL(input instanceof URL || typeof input === "string" ? input : input.url),
    contentLength: body === undefined ? undefined : body.length,
    body,
    header: (name) => headers.get(name) ?? undefined,
    addHeader: (name, value) => {
      added.push([name, value]);
    },
  };
}

function requestIn(input: FetchInput): Request | undefined {
  return typeof input === "string" || input instanceof URL ? undefined : input;
}

/** A new object: what the program handed over is not changed. */
function withHeaders(input: FetchInput, init: Parameters<Fetch>[1], added: Added): RequestInit {
  const headers = new Headers(init?.headers ?? requestIn(input)?.headers);
  for (const [name, value] of added) headers.set(name, value);
  return { ...init, headers };
}

function observe(started: Promise<Response>, watch: RequestWatch): Promise<Response> {
  return started.then(
    (response) => {
      guarded(() => watch.answered(response.status, (name) => response.headers.get(name) ?? undefined));
      return response;
    },
    (error: unknown) => {
      guarded(() => watch.failed(error));
      throw error;
    },
  );
}

/** Headers and addresses of any kind may be given: what cannot be read is sent as it is. */
function guarded<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
