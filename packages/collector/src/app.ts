import { OpenAPIHono } from "@hono/zod-openapi";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import type { PriceFile } from "./cost/price-file.ts";
import { describeError } from "./describe-error.ts";
import { requireKey } from "./http/api-key.ts";
import { createBudget } from "./http/budget.ts";
import { fail } from "./http/failure.ts";
import { createFailureNotice } from "./http/failure-notice.ts";
import { ownHostsOnly } from "./http/hosts.ts";
import {
  BODIES_AT_ONCE,
  DEFAULT_MAX_BODY_BYTES,
  DEFAULT_REQUESTS_PER_SECOND,
  type RequestLimits,
  VALUES_AT_ONCE,
  WRONG_KEY_REQUESTS,
} from "./http/limits.ts";
import { answerMissing } from "./http/missing.ts";
import { createRateLimit } from "./http/rate-limit.ts";
import { createLiveFeed } from "./live-feed.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createFeedbackRoutes } from "./routes/feedback-routes.ts";
import { createLiveRoutes } from "./routes/live-routes.ts";
import { createLogRoutes } from "./routes/log-routes.ts";
import { addOpenApi } from "./routes/openapi-routes.ts";
import { createOtlpRoutes } from "./routes/otlp-routes.ts";
import { createPageRoutes } from "./routes/page-routes.ts";
import { createHealthRoutes, createMetricsRoutes } from "./routes/service-routes.ts";
import { createStatsRoutes } from "./routes/stats-routes.ts";
import { createTraceRoutes } from "./routes/trace-routes.ts";
import { createViewRoutes } from "./routes/view-routes.ts";
import type { Store } from "./store/store.ts";
import { whyUnavailable } from "./store/why-unavailable.ts";

/** When to try again what a store could not take. */
const STORE_RETRY_S = 5;

/** What {@link createApp} takes. */
export interface AppOptions {
  readonly store: Store;
  /** The user's own prices, before those that are known. */
  readonly prices?: PriceFile | undefined;
  /** What every request must bring, but for `/healthz`. None is asked for unless told. */
  readonly apiKey?: string | undefined;
  /** Names under which the collector is reached, besides those of loopback. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Largest body of a request, in bytes after decompression; 32 MiB unless told. Four such are held at a time at most. */
  readonly maxBodyBytes?: number | undefined;
  /** Requests a second of one client, and twice as many at once; 2,000 unless told, 0 for no limit. */
  readonly maxRequestsPerSecond?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now?: (() => number) | undefined;
  /** Told about failures of the collector itself, and of logs that it refused: one line, never with trace content in it. */
  readonly onDiagnostic?: ((line: string) => void) | undefined;
}

/** The collector, without a socket. */
export interface CollectorApp {
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>;
  /** For tests: `app.request("/api/traces")`. */
  readonly request: (path: string, init?: RequestInit) => Response | Promise<Response>;
  /** Stops what runs by itself; the store is the caller's. */
  readonly close: () => void;
}

/**
 * The collector as a function from `Request` to `Response` (`app.fetch`): Portkey's logs API, the API of the page, and the
 * page. Answers to its own names only. Without `apiKey`, whoever serves it must bind a loopback address.
 */
export function createApp(options: AppOptions): CollectorApp {
  const { app, close } = createRoutes(options);
  return {
    fetch: (request, env) => app.fetch(request, env),
    request: (path, init) => app.request(path, init),
    close,
  };
}

/** All that is answered, and what stops what runs by itself. */
export function createRoutes(options: AppOptions): { readonly app: OpenAPIHono; readonly close: () => void } {
  const { store, now = Date.now, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const budget = createBudget(BODIES_AT_ONCE * maxBodyBytes);
  const values = createBudget(VALUES_AT_ONCE);
  const say = (line: string): void => options.onDiagnostic?.(line);
  const sayFailure = createFailureNotice(now, say);
  const feed = createLiveFeed(store, (error) => sayFailure(`the live view failed: ${describeError(error)}`));
  const metrics = createMetrics({ heldBytes: () => budget.used, watchers: () => feed.watchers });
  const limits: RequestLimits = { maxBodyBytes, budget, values, onBody: (bytes) => metrics.bytes(bytes) };
  const app = new OpenAPIHono();
  guard(app, options, now, metrics);
  app.use(compress({ encoding: "gzip" }));
  app.use("/api/*", async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
  });
  app.route("/", createLogRoutes({ store, now, limits, metrics, onDiagnostic: say }));
  app.route("/", createFeedbackRoutes({ store, now, limits }));
  app.route("/", createOtlpRoutes({ store, limits, metrics }));
  const onBrokenOff = (error: unknown): void => sayFailure(`an answer broke off: ${describeError(error)}`);
  app.route("/", createTraceRoutes(store, options.prices, onBrokenOff));
  app.route("/", createViewRoutes(store, options.prices, onBrokenOff));
  app.route("/", createStatsRoutes(store, now, options.prices));
  app.route("/", createLiveRoutes(feed, options.prices));
  app.route("/", createMetricsRoutes(metrics));
  app.route("/", createPageRoutes());
  addOpenApi(app);
  app.notFound(answerMissing(app));
  app.onError((error, context) => {
    const why = whyUnavailable(error);
    sayFailure(`${context.req.method} ${context.req.routePath} failed: ${why ?? describeError(error)}`);
    if (why === undefined) return fail(context, 500, "the collector failed; its own output says why");
    context.header("retry-after", String(STORE_RETRY_S));
    return fail(context, 503, "the store cannot be used now: try again; the collector's own output says why");
  });
  return { app, close: () => feed.close() };
}

/** What stands before every address but `/healthz`. */
function guard(app: OpenAPIHono, options: AppOptions, now: () => number, metrics: Metrics): void {
  const { apiKey, allowedHosts = [], maxRequestsPerSecond = DEFAULT_REQUESTS_PER_SECOND } = options;
  const rate = createRateLimit({ perSecond: maxRequestsPerSecond, now });
  app.use(metrics.middleware);
  app.use(secureHeaders(HEADERS));
  app.use(rate.middleware);
  app.route("/", createHealthRoutes());
  app.use(ownHostsOnly({ allowedHosts, hasKey: apiKey !== undefined }));
  if (apiKey === undefined) return;
  app.use(requireKey({ apiKey, onWrongKey: (context) => rate.charge(context, WRONG_KEY_REQUESTS) }));
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
