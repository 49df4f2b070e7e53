// Finds spans of an earlier process, may open no file for a while, and may again; says what became of the spans.

import { closeSync, openSync } from "node:fs";
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL } = process.env;
const spool = fileSpool({ directory: SPOOL });
const tracing = createTracing({ baseURL: SINK, spool, batch: { flushIntervalMs: 20 } });
const held = [];
try {
  for (;;) held.push(openSync("/dev/null"));
} catch (error) {
  console.error(`held ${held.length} files: ${error.code}`);
}
await new Promise((resolve) => setTimeout(resolve, 300));
for (const file of held) closeSync(file);
await tracing.flush();
console.log(JSON.stringify(await tracing.shutdown()));
