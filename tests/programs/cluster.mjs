// Spans in the workers of a cluster, which end by themselves.
import cluster from "node:cluster";
import { createTracing } from "@portkey-tracing/core";

if (cluster.isPrimary) {
  for (let worker = 0; worker < 2; worker++) cluster.fork();
  createTracing({ baseURL: process.env.SINK }).span("in the primary", () => 42);
} else {
  createTracing({ baseURL: process.env.SINK }).span("in a worker", () => 42);
  cluster.worker.disconnect();
}
