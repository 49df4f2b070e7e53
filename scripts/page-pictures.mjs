// Pictures of the Traces page, of traces that are made up: `node scripts/page-pictures.mjs [folder]`, after `npm run build`.
// Each view wide and narrow, light and dark; into .artifacts/traces-page unless told.
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startCollector } from "@portkey-tracing/collector";
import { chromium } from "playwright-core";
import { largeTrace, sampleTraces } from "./pictures/sample-traces.mjs";

const VIEWS = [
  ["list", "/"],
  ["filtered", "/?q=status:error min:1s"],
  ["nothing-found", "/?q=user:nobody"],
  ["trace", "/traces/research?path=1"],
  ["span", "/traces/research?span=m2"],
  ["documents", "/traces/research?span=v"],
  ["error", "/traces/failure?span=m"],
  ["unfinished", "/traces/unfinished?span=b"],
  ["large", "/traces/large"],
  ["zoomed", "/traces/large?t=2000-3000"],
  ["session", "/sessions/thread-4711"],
  ["no-trace", "/traces/none"],
];
const SIZES = [
  { width: 1_400, height: 860 },
  { width: 400, height: 800 },
];
const SETTLED_MS = 700;

const folder = process.argv[2] ?? fileURLToPath(new URL("../.artifacts/traces-page", import.meta.url));
const places = [process.env.CHROMIUM, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const executablePath = places.find((path) => path && existsSync(path));
if (executablePath === undefined) {
  console.error("no Chromium: install Debian's chromium-headless-shell, or set CHROMIUM to the path of one");
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const full = await startCollector({ quiet: true });
const empty = await startCollector({ quiet: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const nowMs = Date.now();
  await full.store.insert([...sampleTraces(nowMs), ...largeTrace("large", 30_000, nowMs)]);
  const said = { id: "said", traceId: "research", value: 5, weight: 1, metadata: { comment: "helpful" } };
  await full.store.putFeedback([{ ...said, createdMs: nowMs, updatedMs: nowMs }]);
  const pictures = [["nothing-yet", empty.url], ...VIEWS.map(([name, address]) => [name, full.url + address])];
  for (const [name, url] of pictures) await takeAll(name, url);
  console.log(`${pictures.length * SIZES.length * 2} pictures in ${folder}`);
} finally {
  await browser.close();
  await Promise.all([full.close(), empty.close()]);
}

async function takeAll(name, url) {
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(url);
      await page.waitForTimeout(SETTLED_MS);
      await page.screenshot({ path: `${folder}/${name}-${viewport.width}-${colorScheme}.png` });
      await page.close();
    }
  }
}
