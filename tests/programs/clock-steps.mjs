// The system clock is set back by an hour and ahead by a day while spans are open, and while they wait to be sent.
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const realNow = Date.now;
let shiftMs = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [realNow() + shiftMs] : given));
  }
  static now = () => realNow() + shiftMs;
};

const directory = process.env.SPOOL;
const spool = directory === undefined ? undefined : fileSpool({ directory });
const tracing = createTracing({ baseURL: process.env.SINK, spool });
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
await tracing.span("outer", async () => {
  await tracing.span("back", async () => {
    await pause();
    shiftMs = -3_600_000;
    await pause();
  });
  await tracing.span("ahead", async () => {
    shiftMs = 86_400_000;
    await pause();
  });
});
const flushing = tracing.flush();
shiftMs = -86_400_000;
const { sent, dropped, pending } = await flushing;
console.log(JSON.stringify({ sent, dropped, pending }));
