// A program that runs short chains, 8 at a time, for so long, says how many spans have ended, and ends as it is told.
import { HANDLERS } from "../handlers/index.mjs";
import { SOAK } from "../workloads/index.mjs";

const SPANS_PER_ROOT = 4;

process.once("message", (task) => void run(task));

async function run({ handler: name, sinkUrl, spool, ms, ending }) {
  const { create } = await HANDLERS[name]();
  const { callbacks, flush, close } = await create(sinkUrl, spool);
  const runRoot = SOAK.createRoot();
  const endMs = performance.now() + ms;
  let roots = 0;
  const worker = async () => {
    for (; performance.now() < endMs; roots++) await runRoot(roots, callbacks);
  };
  await Promise.all(Array.from({ length: SOAK.concurrency }, worker));
  if (ending === "flush") await flush();
  if (ending === "flush") await close();
  process.send({ spans: roots * SPANS_PER_ROOT }, () => {
    if (ending === "exit") process.exit(0);
    if (ending === "wait") setInterval(() => undefined, 60_000);
    else process.disconnect();
  });
}
