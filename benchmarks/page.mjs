// What the Traces page takes in a real Chromium, before a real collector: `node benchmarks/page.mjs [--runs 15] [--spans 30000]`.
//   first paint   from the click on a link to a trace of 300 spans (a new document, a cold page) until its rows are painted
//   frames        while 30,000 spans are scrolled through, from top to bottom and back, and zoomed
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { startCollector } from "../packages/collector/dist/index.mjs";
import { largeTrace } from "../scripts/pictures/sample-traces.mjs";
import { describeMachine } from "./lib/machine.mjs";

/** Two frames on, what was drawn is on the screen. Milliseconds since the navigation began. */
const PAINTED =
  "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))";

/** Times between frames: steps of a third of the screen, leaps, and zooms. */
const SCROLL = `new Promise((done) => {
  const rows = document.querySelector(".rows");
  const times = [];
  let last;
  const step = (now) => {
    if (last !== undefined) times.push(now - last);
    last = now;
    const frame = times.length;
    if (frame >= 600) return done(times);
    if (frame < 300) rows.scrollTop += rows.clientHeight / 3;
    else if (frame < 500) rows.scrollTop = (rows.scrollHeight * ((frame * 7919) % 500)) / 500;
    else rows.dispatchEvent(new WheelEvent("wheel", { deltaY: frame < 550 ? -40 : 40, ctrlKey: true, clientX: 900, bubbles: true, cancelable: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

const { chromium } = createRequire(new URL("../package.json", import.meta.url))("playwright-core");
const { values } = parseArgs({
  options: { runs: { type: "string", default: "15" }, spans: { type: "string", default: "30000" } },
});
const runs = Number(values.runs);
const spans = Number(values.spans);
const places = [process.env.CHROMIUM, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const executablePath = places.find((path) => path && existsSync(path));
if (executablePath === undefined)
  throw new Error("no Chromium: install Debian's chromium-headless-shell, or set CHROMIUM");

const collector = await startCollector({ quiet: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  await collector.store.insert(largeTrace("small", 300));
  await collector.store.insert(largeTrace("large", spans));
  for (const line of describeMachine().slice(0, 2)) say(line);
  const paints = [];
  for (let run = 0; run < runs; run++) paints.push(await firstPaint("small"));
  say(`first paint, 300 spans      ${told(paints.map((one) => one.paintedMs))} ms`);
  say(`main thread, 300 spans      ${told(paints.map((one) => one.busyMs))} ms of processor time until then`);
  const { shownMs, frames, busyMs, longMs } = await scroll("large");
  say(`first paint, ${spans} spans  ${shownMs.toFixed(0)} ms`);
  say(
    `frames, ${spans} spans       ${(1_000 / mean(frames)).toFixed(1)} a second; ${told(frames)} ms a frame; ${longMs} of ${frames.length} over 25 ms`,
  );
  say(`main thread, ${spans} spans    ${busyMs.toFixed(1)} ms of processor time a frame (16.7 are there)`);
} finally {
  await browser.close();
  await collector.close();
}

/** Milliseconds from the start of the navigation until the frame after the rows were drawn. The browser's cache is empty. */
async function firstPaint(traceId) {
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  try {
    const busy = await createBusy(page);
    const before = await busy();
    await page.goto(`${collector.url}/traces/${traceId}`, { waitUntil: "commit" });
    await page.waitForSelector(".row");
    const paintedMs = await page.evaluate(PAINTED);
    return { paintedMs, busyMs: (await busy()) - before };
  } finally {
    await page.close();
  }
}

async function scroll(traceId) {
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.goto(`${collector.url}/traces/${traceId}`);
  await page.waitForSelector(".row");
  const shownMs = await page.evaluate(PAINTED);
  // Everything open: the longest list there is.
  for (let times = 0; times < 2; times++) await page.keyboard.press("x");
  await page.waitForTimeout(1_000);
  const busy = await createBusy(page);
  const before = await busy();
  const frames = await page.evaluate(SCROLL);
  const busyMs = ((await busy()) - before) / frames.length;
  await page.close();
  return { shownMs, frames, busyMs, longMs: frames.filter((ms) => ms > 25).length };
}

/** Processor time of the page's main thread so far, in milliseconds: what other programs take from the machine is not in it. */
async function createBusy(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1_000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

function told(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1].toFixed(1);
  return `median ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)}`;
}

function mean(times) {
  return times.reduce((sum, ms) => sum + ms, 0) / times.length;
}
