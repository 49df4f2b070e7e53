import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the collector counts, for Prometheus. */
export interface Metrics {
  /** Counts each request by the pattern of its address, and how long its answer took. */
  readonly middleware: MiddlewareHandler;
  spans(outcome: "accepted" | "rejected", count: number): void;
  bytes(count: number): void;
  /** The text that Prometheus reads, and its type. */
  expose(): Promise<{ readonly text: string; readonly type: string }>;
}

/** What is read when somebody asks. */
export interface Gauges {
  readonly heldBytes: () => number;
  readonly watchers: () => number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters of one collector. */
export function createMetrics({ heldBytes, watchers }: Gauges): Metrics {
  const register = new Registry();
  const registers = [register];
  const requests = new Counter({
    name: "portkey_traces_requests_total",
    help: "Requests that were answered",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "portkey_traces_request_seconds",
    help: "From a request's head to the head of its answer",
    labelNames: ["method", "route"],
    buckets: SECONDS,
    registers,
  });
  const spans = new Counter({
    name: "portkey_traces_spans_total",
    help: "Spans that were stored (also those that were there already), and logs that were refused",
    labelNames: ["outcome"],
    registers,
  });
  const bytes = new Counter({
    name: "portkey_traces_body_bytes_total",
    help: "Bytes of bodies, after decompression",
    registers,
  });
  gauge("portkey_traces_held_bytes", "Bytes of bodies that are being worked on", heldBytes, register);
  gauge("portkey_traces_live_watchers", "Clients of /api/live", watchers, register);
  let hasDefaults = false;
  return {
    middleware: async (context, next) => {
      const started = performance.now();
      await next();
      const labels = { method: methodOf(context.req.method), route: routeOf(matchedRoutes(context)) };
      requests.inc({ ...labels, status: context.res.status });
      seconds.observe(labels, (performance.now() - started) / 1000);
    },
    spans: (outcome, count) => {
      if (count > 0) spans.inc({ outcome }, count);
    },
    bytes: (count) => bytes.inc(count),
    expose: async () => {
      // They watch the process, which costs something: not before somebody asks.
      if (!hasDefaults) collectDefaultMetrics({ register });
      hasDefaults = true;
      return { text: await register.metrics(), type: register.contentType };
    },
  };
}

function gauge(name: string, help: string, read: () => number, register: Registry): void {
  const one: Gauge = new Gauge({ name, help, registers: [register], collect: () => one.set(read()) });
}

/** A closed set: labels are kept for ever. */
function routeOf(routes: ReturnType<typeof matchedRoutes>): string {
  return routes.findLast((route) => !route.path.includes("*"))?.path ?? "other";
}

function methodOf(method: string): string {
  return ["GET", "HEAD", "POST", "PUT"].includes(method) ? method : "other";
}
