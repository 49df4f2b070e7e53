import { startCollector } from "@portkey-tracing/collector";
import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import { agent } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the Traces page as a whole", (at) => {
  const ground = (): Promise<unknown> => at.page.evaluate("getComputedStyle(document.documentElement).backgroundColor");

  it("says what to do while there is nothing, and shows a trace once it has come", async () => {
    await at.open("/", ".empty");
    expect(await at.textOf(".empty")).toContain(`PORTKEY_BASE_URL=${at.collector.baseURL}`);
    await at.post(...agent);
    await at.page.waitForSelector("tbody tr");
    expect(await at.textOf("tbody tr")).toContain("support-agent");
  });

  it("says so when the collector is gone, keeps what it knows, and goes on when it is back", async () => {
    await at.post(...agent);
    await at.open("/", "tbody tr");
    const { port } = at.collector;
    await at.collector.close();
    await at.page.waitForSelector("#notice:has-text('does not answer')");
    expect(await at.page.locator("tbody tr").count()).toBe(1);
    at.collector = await startCollector({ port, quiet: true });
    await at.post({ ...agent[0], name: "after the pause" } as Span);
    await at.page.waitForSelector("a:has-text('after the pause')");
    expect(await at.page.locator("#notice").count()).toBe(0);
    at.complaints = at.complaints.filter((one) => !/ERR_CONNECTION|ERR_INCOMPLETE/.test(one));
  });

  it("says what may have become of a trace that is not there, and shows it when it comes", async () => {
    await at.open("/traces/trace", ".empty");
    expect(await at.textOf(".empty")).toContain("No span of this trace has arrived");
    await at.post(...agent);
    await at.page.waitForSelector(".row");
  });

  it("leads back and forward through the places where one was", async () => {
    await at.post(...agent);
    await at.open("/", "tbody tr");
    await at.page.click("a:has-text('support-agent')");
    await at.page.waitForSelector(".row");
    expect(await at.page.title()).toBe("support-agent · Traces");
    await at.page.click("a:has-text('s-1')");
    await at.page.waitForSelector(".turn");
    await at.page.goBack();
    await at.page.waitForSelector(".row");
    await at.page.goBack();
    await at.page.waitForSelector("tbody tr");
    expect(new URL(at.page.url()).pathname).toBe("/");
  });

  it("comes back to the list as it was asked", async () => {
    await at.post(...agent);
    await at.open("/?q=user:ada", "tbody tr");
    await at.page.click("a:has-text('support-agent')");
    await at.page.waitForSelector(".row");
    await at.page.click(".back");
    await at.page.waitForSelector(".conditions");
    expect(new URL(at.page.url()).search).toBe("?q=user:ada");
  });

  it("is light or dark as the system is, until one is chosen, which holds from the first paint on", async () => {
    await at.page.emulateMedia({ colorScheme: "dark" });
    await at.open("/", ".empty");
    expect(await ground()).toBe("rgb(19, 20, 23)");
    await at.page.click(".theme-switch");
    expect(await ground()).toBe("rgb(255, 255, 255)");
    await at.page.reload({ waitUntil: "commit" });
    await at.page.waitForSelector("#page", { state: "attached" });
    expect(await ground()).toBe("rgb(255, 255, 255)");
  });

  it("has asked for a trace before its script is there, and asks once", async () => {
    await at.post({ ...agent[0], traceId: "a/b ç'(1)" } as Span);
    const asked: string[] = [];
    at.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    let isHeld: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    await at.page.route("**/page.js", async (route) => {
      await held;
      await route.continue();
    });
    await at.page.goto(`${at.collector.url}/traces/${encodeURIComponent("a/b ç'(1)")}`, { waitUntil: "commit" });
    const isOutline = (pathname: string): boolean => pathname.endsWith("/outline");
    await expect.poll(() => asked.filter(isOutline)).toHaveLength(1);
    isHeld();
    await at.page.waitForSelector(".row");
    expect(asked.filter(isOutline)).toHaveLength(1);
  });

  it("takes an address that means nothing for what it is", async () => {
    await at.page.goto(`${at.collector.url}/traces/%FF%`);
    await at.page.waitForSelector(".empty:has-text('No span of this trace has arrived')");
  });

  it("sends its files packed, and not again to those who have them", async () => {
    const read = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${at.collector.url}/assets/page.js`, { headers });
    const [packed, plain] = await Promise.all([
      read({ "accept-encoding": "gzip" }),
      read({ "accept-encoding": "identity" }),
    ]);
    expect([packed, plain].map((answer) => answer.headers.get("content-encoding"))).toEqual(["gzip", null]);
    expect(await packed.text()).toBe(await plain.text());
    for (const answer of [packed, plain]) {
      expect((await read({ "if-none-match": answer.headers.get("etag") ?? "" })).status).toBe(304);
    }
  });

  it("loads nothing from elsewhere, runs nothing inline, and is small", async () => {
    const loaded: { url: string; bytes: number }[] = [];
    at.page.on("response", async (answer) => {
      const { pathname } = new URL(answer.url());
      if (pathname.startsWith("/assets/")) loaded.push({ url: answer.url(), bytes: (await answer.body()).length });
    });
    const policy = (await at.page.goto(at.collector.url))?.headers()["content-security-policy"] ?? "";
    await at.page.waitForSelector(".empty");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await at.page.locator("script:not([src]), style, [style*='javascript']").count()).toBe(0);
    expect(loaded.every(({ url }) => url.startsWith(at.collector.url))).toBe(true);
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThan(160_000);
  });
});

const KEY = "a-key-of-sixteen-characters";

describePage(
  "the Traces page behind a key",
  (at) => {
    it("takes the key as the password that the browser asks for, and is live", async () => {
      const refused = await at.page.goto(at.collector.url).catch(() => undefined);
      expect(refused?.status() ?? 401).toBe(401);
      at.complaints = [];
      await at.collector.store.insert(agent);
      const context = await at.browser.newContext({ httpCredentials: { username: "any", password: KEY } });
      const page = await context.newPage();
      await page.goto(at.collector.url);
      await page.waitForSelector("tbody tr");
      await page.waitForSelector(".live.is-live");
      await context.close();
    });
  },
  { apiKey: KEY },
);
