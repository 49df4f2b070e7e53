// Does nothing but be there with the spool on; says so, and ends once the feedback that it found is sent, or the time is over.
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, AWAITS = "1", WAIT_MS = "20000" } = process.env;
const tracing = createTracing({ baseURL: SINK, spool: fileSpool({ directory: SPOOL }) });
console.log("here");
const until = Date.now() + Number(WAIT_MS);
const isDone = ({ recorded, pending }) => recorded >= Number(AWAITS) && pending === 0;
while (!isDone(tracing.stats().feedback) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify((await tracing.shutdown()).feedback));
