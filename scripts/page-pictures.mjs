// Pictures of the Traces page, of traces that are made up: `node scripts/page-pictures.mjs [folder]`, after `npm run build`.
// Each view wide and narrow, light and dark; into artifacts/pictures unless told. The browser tests run it.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startCollector } from "@portkey-tracing/collector";
import { chromium } from "playwright-core";
import { largeTrace, sampleTraces } from "./pictures/sample-traces.mjs";

/** Name, address, what must be seen, and what is done then. */
const VIEWS = [
  ["list", "/", "tbody tr"],
  ["list-sums-of-all", "/?sums=all", ".time-bar"],
  ["list-filtered", "/?q=status:error min:1s", "tbody tr"],
  ["list-nothing-found", "/?q=user:nobody status:bad", ".empty"],
  ["trace", "/traces/research?path=1", ".row"],
  ["trace-errors", "/traces/failure?span=m", ".box"],
  ["trace-unfinished", "/traces/unfinished?span=b", ".box"],
  ["trace-30000-spans", "/traces/large", ".row"],
  ["trace-zoomed", "/traces/research?t=2000-5500", ".row"],
  ["trace-missing", "/traces/none", ".empty"],
  ["span-content", "/traces/research?span=m2", ".chat"],
  ["span-details", "/traces/research?span=m2", ".chat", () => page.click('.tabs button:text-is("Details")')],
  ["span-json", "/traces/research?span=m2", ".chat", () => page.click('.tabs button:text-is("JSON")')],
  ["span-documents", "/traces/research?span=v", ".documents"],
  ["session", "/sessions/thread-4711", ".is-answered"],
  ["keys", "/traces/research", ".row", () => page.keyboard.press("?")],
];
const FEW = new Set(["research", "failure", "unfinished", "chat0", "chat1"]);
const SIZES = [
  { width: 1_400, height: 860 },
  { width: 400, height: 800 },
];
/** Two frames on, what was drawn is on the screen. */
const DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

const folder = process.argv[2] ?? fileURLToPath(new URL("../artifacts/pictures", import.meta.url));
const places = [process.env.CHROMIUM, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const executablePath = places.find((path) => path && existsSync(path));
if (executablePath === undefined) {
  console.error("no Chromium: install Debian's chromium-headless-shell, or set CHROMIUM to the path of one");
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const [full, few, empty] = await Promise.all([1, 2, 3].map(() => startCollector({ quiet: true })));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ reducedMotion: "reduce" });
const session = await page.context().newCDPSession(page);
try {
  const nowMs = Date.now();
  const samples = sampleTraces(nowMs);
  await full.store.insert([...samples, ...copies(samples, 40), ...largeTrace("large", 30_000, nowMs)]);
  await few.store.insert(samples.filter((span) => FEW.has(span.traceId)));
  const said = { id: "said", traceId: "research", value: 5, weight: 1, metadata: { comment: "helpful" } };
  await full.store.putFeedback([{ ...said, createdMs: nowMs, updatedMs: nowMs }]);
  const pictures = [
    ["list-nothing-yet", empty.url, ".empty"],
    ["list-5-traces", few.url, "tbody tr"],
    ...VIEWS.map(([name, address, ...rest]) => [name, full.url + address, ...rest]),
  ];
  for (const picture of pictures) await takeAll(...picture);
  console.log(`${pictures.length * SIZES.length * 2} pictures in ${folder}`);
} finally {
  await browser.close();
  await Promise.all([full, few, empty].map((collector) => collector.close()));
}

async function takeAll(name, url, selector, act) {
  await page.setViewportSize(SIZES[0]);
  await page.goto(url);
  await page.waitForSelector(selector);
  await act?.();
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(DRAWN);
      // Playwright's own pictures are smaller, and take five times as long.
      const { data } = await session.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
      writeFileSync(`${folder}/${name}-${viewport.width}-${colorScheme}.png`, data, "base64");
    }
  }
}

/** More traces than a page of the list has. */
function copies(spans, count) {
  const questions = spans.filter((span) => span.traceId.startsWith("q"));
  return questions
    .slice(0, count)
    .map((span) => ({ ...span, traceId: `${span.traceId}-again`, startTimeMs: span.startTimeMs + 900_000 }));
}
