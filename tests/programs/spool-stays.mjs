// Records nothing and stays until it is stopped, with the spool on.
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL } = process.env;
createTracing({ baseURL: SINK, spool: fileSpool({ directory: SPOOL }), batch: { flushIntervalMs: 20 } });
process.stdout.write("ready\n");
setInterval(() => undefined, 1_000);
