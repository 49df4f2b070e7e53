import { OpenAPIHono } from "@hono/zod-openapi";
import { secureHeaders } from "hono/secure-headers";
import { fail } from "./http/failure.ts";
import { loopbackOnly } from "./http/loopback.ts";
import { createLogRoutes } from "./routes/log-routes.ts";
import { createPageRoutes } from "./routes/page-routes.ts";
import { createTraceRoutes } from "./routes/trace-routes.ts";
import type { Store } from "./store/store.ts";

/** What {@link createApp} takes. */
export interface AppOptions {
  readonly store: Store;
  /** Largest body of `POST /v1/logs`, in bytes after decompression; 32 MiB unless told. */
  readonly maxBodyBytes?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now?: (() => number) | undefined;
  /** Told about failures of the collector itself, and of logs that it refused: one line, never with trace content in it. */
  readonly onDiagnostic?: ((line: string) => void) | undefined;
}

/** The collector, without a socket. */
export interface CollectorApp {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** For tests: `app.request("/api/traces")`. */
  readonly request: (path: string, init?: RequestInit) => Response | Promise<Response>;
}

const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * The collector as a function from `Request` to `Response` (`app.fetch`): Portkey's logs API, the API of the page, and the
 * page. Answers to loopback names only; whoever serves it must bind a loopback address.
 */
export function createApp(options: AppOptions): CollectorApp {
  const { store, now = Date.now, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const app = new OpenAPIHono();
  app.use(secureHeaders(HEADERS));
  app.use(loopbackOnly());
  app.use("/api/*", async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
  });
  app.route("/", createLogRoutes({ store, now, maxBodyBytes, onDiagnostic: options.onDiagnostic }));
  app.route("/", createTraceRoutes(store));
  app.route("/", createPageRoutes());
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.notFound((context) => fail(context, 404, "no such address"));
  app.onError((error, context) => {
    options.onDiagnostic?.(`${context.req.method} ${context.req.routePath} failed: ${describe(error)}`);
    return fail(context, 500, "the collector failed; its own output says why");
  });
  return app;
}

const HEADERS: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  strictTransportSecurity: false,
};

/** Name and place of an error; its message might quote what was sent. */
function describe(error: Error): string {
  const code = "code" in error ? ` ${String(error.code)}` : "";
  const place = error.stack?.split("\n").find((line) => line.startsWith("    at "));
  return `${error.name}${code}${place === undefined ? "" : ` ${place.trim()}`}`;
}
