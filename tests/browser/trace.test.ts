import { expect, it } from "vitest";
import { agent, aSpan, failed, START_MS } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the view of a trace", (at) => {
  const row = (spanId: string): string => `.row[data-span="${spanId}"]`;
  const names = (): Promise<string[]> => at.textsOf(".row .name");
  const box = async (selector: string): Promise<{ x: number; y: number; width: number; height: number }> =>
    (await at.page.locator(selector).first().boundingBox()) ?? { x: Number.NaN, y: 0, width: Number.NaN, height: 0 };
  const selected = (): Promise<string | null> => at.page.getAttribute(".row.is-selected", "data-span");

  it("shows the tree, with bars on one time axis", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    expect(await names()).toEqual(["support-agent", "ChatOpenAI", "lookup_order"]);
    const levels = await at.page.locator(".row").evaluateAll((rows) => rows.map((one) => one.ariaLevel));
    expect(levels).toEqual(["1", "2", "2"]);
    const axis = await box(`${row("root")} .bar-of`);
    const bar = await box(`${row("find")} .bar-of`);
    expect((bar.x - axis.x) / axis.width).toBeCloseTo(0.5, 2);
    expect(bar.width / axis.width).toBeCloseTo(0.5, 2);
    expect(await at.textsOf(".tick")).toContain("200 ms");
  });

  it("shows what runs at the same time one below the other, and the tick of the first token", async () => {
    await at.post(
      aSpan("root"),
      aSpan("a", { parentSpanId: "root" }),
      aSpan("b", { parentSpanId: "root" }),
      ...agent.slice(1, 2),
    );
    await at.open("/traces/trace", row("b"));
    const [a, b] = [await box(`${row("a")} .bar-of`), await box(`${row("b")} .bar-of`)];
    expect([a.x, a.width]).toEqual([b.x, b.width]);
    const [bar, waiting] = [await box(`${row("ask")} .bar-of`), await box(`${row("ask")} .waiting`)];
    expect(waiting.width / bar.width).toBeCloseTo(0.4, 1);
  });

  it("sums up tokens, cost and problems on parents", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    expect(await at.textOf(`${row("root")} .sums`)).toBe("1 ✕ 1.2k tok $0.0031");
    expect(await at.textOf(".facts")).toContain("Spans 3 1 failed Tokens 1,200 in, 34 out Cost $0.0031");
  });

  it("marks the critical path, when asked", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    expect(await at.page.locator(".critical").count()).toBe(0);
    await at.page.keyboard.press("c");
    await at.count(".critical", 3);
    const [find, path] = [await box(`${row("find")} .bar-of`), await box(`${row("find")} .critical`)];
    expect([path.x, path.width]).toEqual([find.x, find.width]);
    expect(at.page.url()).toContain("path=1");
  });

  it("opens the way to each problem of a large trace, and steps from one to the next", async () => {
    const parts = Array.from({ length: 300 }, (_, index) => [
      aSpan(`p${index}`, { parentSpanId: "root" }),
      aSpan(`c${index}`, { parentSpanId: `p${index}`, ...(index === 200 ? { status: failed } : {}) }),
    ]);
    const lost = aSpan("lost", { parentSpanId: "c7", status: { code: "unfinished", reason: "idle" } });
    await at.collector.store.insert([aSpan("root"), ...parts.flat(), lost]);
    await at.open("/traces/trace", ".row");
    await at.page.keyboard.press("e");
    expect(await selected()).toBe("c200");
    expect(await at.page.locator(`${row("p199")}[aria-expanded=false]`).count()).toBe(1);
    await at.page.keyboard.press("e");
    expect(await selected()).toBe("lost");
    expect(await at.textOf(".detail .box")).toContain("Its end was never seen. Nothing was heard of its whole trace");
    await at.page.click("text=2 problems");
    await at.count(".row", 6);
  });

  it("is folded and unfolded by mouse and keys", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    await at.page.click(`${row("root")} .fold`);
    expect(await names()).toEqual(["support-agent"]);
    expect(await at.textOf(`${row("root")} .sums`)).toContain("+2");
    await at.page.keyboard.press("j");
    await at.page.keyboard.press("ArrowRight");
    await at.page.keyboard.press("ArrowRight");
    expect(await selected()).toBe("ask");
    await at.page.keyboard.press("ArrowLeft");
    expect(await selected()).toBe("root");
    await at.page.keyboard.press("x");
    expect(await names()).toHaveLength(3);
  });

  it("zooms in time by keys, wheel and the small map, and the address knows", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    const whole = (await box(`${row("find")} .bar-of`)).width;
    await at.page.keyboard.press("+");
    expect((await box(`${row("find")} .bar-of`)).width).toBeGreaterThan(whole * 1.5);
    await at.page.keyboard.press("0");
    await at.page.click(row("find"));
    await at.page.keyboard.press("z");
    await at.page.keyboard.press("Escape");
    expect(new URL(at.page.url()).searchParams.get("t")).toMatch(/^475-1000$/);
    await at.page.reload();
    await at.page.waitForSelector(".row");
    expect((await at.textsOf(".tick"))[0]).toBe("500 ms");
    await at.page.keyboard.press("0");
    const map = await box(".minimap");
    await at.page.mouse.move(map.x + map.width / 2, map.y + 20);
    await at.page.mouse.down();
    await at.page.mouse.move(map.x + (map.width * 3) / 4, map.y + 20, { steps: 3 });
    await at.page.mouse.up();
    const [from = 0, to = 0] = (new URL(at.page.url()).searchParams.get("t") ?? "").split("-").map(Number);
    expect(from).toBeCloseTo(500, -1);
    expect(to).toBeCloseTo(750, -1);
    await at.page.mouse.move(map.x + map.width - 60, map.y + 120);
    await at.page.keyboard.down("Control");
    await at.page.mouse.wheel(0, -300);
    await at.page.keyboard.up("Control");
    const length = (): number => {
      const [start = 0, end = 0] = (new URL(at.page.url()).searchParams.get("t") ?? "").split("-").map(Number);
      return end - start;
    };
    await expect.poll(length).toBeLessThan(to - from - 20);
  });

  it("leads to the first span of the time that a link asks for", async () => {
    const calls = Array.from({ length: 400 }, (_, index) =>
      aSpan(`s${index}`, { parentSpanId: "root", startTimeMs: START_MS + index, durationMs: 1 }),
    );
    await at.collector.store.insert([aSpan("root"), ...calls]);
    await at.open("/traces/trace?t=300-310", row("s300"));
    expect(await at.page.locator(row("root")).count()).toBe(0);
  });

  it("shows all of the time where a link asks for a part that is not there", async () => {
    await at.post(...agent);
    for (const part of ["0-99999", "5000-6000", "7-3", "x"]) {
      await at.open(`/traces/trace?t=${part}`, ".waterfall.is-whole");
      expect(await at.page.locator("text=Whole time").count()).toBe(0);
    }
    await at.open("/traces/trace?t=100-200", ".waterfall:not(.is-whole)");
    await at.page.click("text=Whole time");
    await at.page.waitForSelector(".waterfall.is-whole");
  });

  it("zooms as fast as a wheel turns: the address comes after", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    await at.page.evaluate(
      `for (let turns = 0; turns < 400; turns++) {
        const turn = { deltaY: turns % 2 === 0 ? -40 : 39, ctrlKey: true, clientX: 900, bubbles: true, cancelable: true };
        document.querySelector(".rows").dispatchEvent(new WheelEvent("wheel", turn));
      }`,
    );
    await at.page.keyboard.press("0");
    await expect.poll(() => new URL(at.page.url()).search).toBe("");
    await at.page.keyboard.press("+");
    await expect.poll(() => new URL(at.page.url()).search).toMatch(/^\?t=200-800$/);
  });

  it("finds spans by name and by content, and steps through them", async () => {
    await at.post(...agent, aSpan("deep", { parentSpanId: "find", output: "The warehouse burnt down." }));
    await at.open("/traces/trace", ".row");
    await at.page.keyboard.press("/");
    await at.page.keyboard.type("warehouse");
    await at.count(".row.is-found", 1);
    await at.page.keyboard.press("Enter");
    expect(await selected()).toBe("deep");
    await at.page.fill(".toolbar input", "lookup");
    await at.page.waitForSelector(`${row("find")}.is-found`);
    expect(await at.page.locator(".row.is-faint").count()).toBeGreaterThan(0);
  });

  it("filters by type, and shows what leads there", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".row");
    await at.page.click(".types button:has-text('tool')");
    expect(await names()).toEqual(["support-agent", "lookup_order"]);
    expect(await at.page.locator(`${row("root")}.is-faint`).count()).toBe(1);
    await at.page.reload();
    await at.count(".row", 2);
    await at.page.keyboard.press("Escape");
    await at.count(".row", 3);
  });

  it("tells attempts and inferred spans from others, and shows orphans and clocks that differ as they are", async () => {
    const inferred = { type: "attempt", durationMs: 0, tags: ["inferred"], metadata: { inferred: "true" } } as const;
    await at.post(
      aSpan("root"),
      aSpan("try", { parentSpanId: "root", type: "attempt" }),
      aSpan("guess", { parentSpanId: "root", ...inferred }),
      aSpan("early", { parentSpanId: "root", startTimeMs: START_MS - 200 }),
      aSpan("orphan", { parentSpanId: "gone" }),
    );
    await at.open("/traces/trace", ".row");
    const pattern = await at.page.evaluate<string>(
      `getComputedStyle(document.querySelector('${row("try")} .bar-of')).backgroundImage`,
    );
    expect(pattern).toContain("repeating-linear-gradient");
    expect(await at.page.locator(`${row("guess")} .bar-of`).count()).toBe(0);
    expect(await at.page.locator(`${row("guess")} .bar-inferred`).count()).toBe(1);
    expect(await at.textOf(`${row("guess")} .flag`)).toBe("inferred");
    expect(await at.textOf(`${row("orphan")} .flag`)).toBe("parent missing");
    expect(await at.page.getAttribute(`${row("early")} .flag`, "title")).toContain("starts 200 ms before its parent");
    const [early, root] = [await box(`${row("early")} .bar-of`), await box(`${row("root")} .bar-of`)];
    expect(early.x).toBeLessThan(root.x);
  });

  it("grows while the trace runs, and keeps what was picked and folded", async () => {
    await at.post(...agent.slice(1), aSpan("below", { parentSpanId: "find" }));
    await at.open("/traces/trace?span=ask", ".detail");
    expect(await at.textOf(".bar")).toContain("running");
    expect(await at.page.locator("text=parent runs").count()).toBe(2);
    await at.page.click(`${row("find")} .fold`);
    await at.post(...agent);
    await at.page.waitForSelector(row("root"));
    expect(await names()).toEqual(["support-agent", "ChatOpenAI", "lookup_order"]);
    expect(await selected()).toBe("ask");
  });

  it("scrolls through 30,000 spans with a few rows in the document", async () => {
    const calls = Array.from({ length: 29_999 }, (_, index) =>
      aSpan(`s${index}`, { parentSpanId: "root", startTimeMs: START_MS + index / 30, durationMs: 1 }),
    );
    await at.collector.store.insert([aSpan("root"), ...calls]);
    await at.open("/traces/trace", ".row");
    await at.page.locator(".rows").evaluate((element) => element.scrollTo(0, 1e9));
    await at.page.waitForSelector(row("s29998"));
    expect(await at.page.locator(".row").count()).toBeLessThan(100);
    await at.page.keyboard.press("Home");
    await at.page.waitForSelector(`${row("root")}.is-selected`);
    await at.collector.store.insert([
      aSpan("new", { parentSpanId: "s7", name: "one more", startTimeMs: START_MS + 999 }),
      aSpan("last", { parentSpanId: "root", startTimeMs: START_MS + 1_400 }),
    ]);
    await at.page.waitForSelector(".facts:has-text('30,002')");
    await at.page.waitForSelector(`${row("s7")}[aria-expanded=false]`);
    await at.page.keyboard.press("x");
    await at.page.waitForSelector(row("new"));
    await at.page.keyboard.press("End");
    await at.page.waitForSelector(`${row("last")}.is-selected`);
  });

  it("shows feedback that is given elsewhere while it is open", async () => {
    await at.post(...agent);
    await at.open("/traces/trace", ".feedback");
    await at.page.waitForSelector(".live.is-live");
    const given = { trace_id: "trace", value: -1, metadata: { comment: "wrong parcel" } };
    await fetch(`${at.collector.baseURL}/feedback`, { method: "POST", body: JSON.stringify(given) });
    await at.page.click(".said summary");
    expect(await at.textOf(".said ul")).toMatch(/^-1 .* comment: wrong parcel$/);
  });

  it("leads to a span of a link once it has come, in whatever was folded", async () => {
    const parts = Array.from({ length: 600 }, (_, index) => aSpan(`p${index}`, { parentSpanId: "root" }));
    await at.collector.store.insert([aSpan("root"), ...parts]);
    await at.open("/traces/trace?span=below", ".row");
    expect(await at.textOf(".facts + .hint")).toBe("The span of this link has not arrived, or is no longer there.");
    await at.post(aSpan("between", { parentSpanId: "p500" }), aSpan("below", { parentSpanId: "between" }));
    await at.page.waitForSelector(`${row("below")}.is-selected`);
    expect(await at.page.locator(`${row("p500")}[aria-expanded=true]`).count()).toBe(1);
    expect(await at.page.locator(".facts + .hint").count()).toBe(0);
    await at.page.goto(`${at.collector.url}/traces/trace?span=below`);
    await at.page.waitForSelector(`${row("below")}.is-selected`);
    await at.page.click(`${row("p500")} .fold`);
    await at.count(row("below"), 0);
  });

  it("says when the trace that is shown was removed, and when it is there again", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    while ((await at.collector.store.prune({ beforeMs: Date.now() * 2 })).more);
    await at.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await at.page.waitForSelector(".notice:has-text('was removed from the collector')");
    expect(await names()).toHaveLength(3);
    expect(await at.page.locator(".notice").count()).toBe(1);
    await at.post(...agent);
    await at.count(".notice", 0);
  });

  it("shows what an attempt was once it is seen, in the place of what was inferred", async () => {
    const tried = aSpan("try", { parentSpanId: "ask", type: "attempt", durationMs: 0 });
    const inferred = { ...tried, tags: ["inferred"], metadata: { inferred: "true" }, status: failed };
    await at.post(...agent, inferred);
    await at.open("/traces/trace?span=try", ".box.is-error");
    expect(await at.textOf(".facts")).toContain("Spans 4 1 failed");
    await at.page.waitForSelector(".live.is-live");
    await at.post({ ...tried, durationMs: 70, status: failed, output: "seen in the log" });
    await at.page.waitForSelector(".detail-body:has-text('seen in the log')");
    // The line is of the tree, which is read by itself.
    await at.page.waitForSelector(".detail-line:has-text('70 ms')");
  });

  it("gives the keyboard back to the tree when a span is closed", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    await at.page.focus(".detail button[aria-label=Close]");
    await at.page.keyboard.press("Enter");
    await at.count(".detail", 0);
    expect(await at.page.evaluate("document.activeElement.getAttribute('role')")).toBe("tree");
    await at.page.keyboard.press("ArrowDown");
    await at.page.waitForSelector(".detail");
  });

  it("says to those who listen what others see: type, status, problems below", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=root", ".detail");
    const said = await at.page.locator(".rows").ariaSnapshot();
    expect(said).toMatch(/treeitem "agent support-agent , ok, 1 problem below.*\[expanded\] \[level=1\] \[selected\]/);
    expect(said).toMatch(/treeitem "llm ChatOpenAI , ok .*\[level=2\]/);
    expect(said).toMatch(/treeitem "tool lookup_order , error .*\[level=2\]/);
  });

  it("finds what is written like a pattern as the text that it is", async () => {
    await at.post(...agent, aSpan("odd", { parentSpanId: "root", name: "f(x)[0] .*+?^${}|\\d" }));
    await at.open("/traces/trace", ".row");
    for (const text of ["f(x)[0]", ".*+?^${}|", "\\d", "(", "[", "*"]) {
      await at.page.fill(".toolbar input", text);
      await at.page.waitForSelector(`${row("odd")}.is-found`);
      expect(await at.page.locator(".row.is-found").count()).toBe(1);
    }
    await at.page.reload();
    await at.page.waitForSelector(`${row("odd")}.is-found`);
  });

  it("shows nothing of a mark beside the time of the trace", async () => {
    const marks = [-1e9, 500, 1e9].map((ms) => ({ name: `at ${ms}`, timeMs: START_MS + ms }));
    await at.post(aSpan("root", { marks }));
    await at.open("/traces/trace", ".row");
    expect(await at.page.locator(".mark").count()).toBe(1);
  });

  it("takes feedback, changes it, and lists what was given", async () => {
    await at.post(...agent);
    const given = { trace_id: "trace", value: 5, metadata: { comment: "helpful" } };
    await fetch(`${at.collector.baseURL}/feedback`, { method: "POST", body: JSON.stringify(given) });
    await at.open("/traces/trace", ".feedback");
    await at.page.click("button[aria-label=Good]");
    await at.page.waitForSelector("button[aria-label=Good][aria-pressed=true]");
    await at.page.click("button[aria-label=Bad]");
    await at.page.waitForSelector("button[aria-label=Bad][aria-pressed=true]");
    const stored = await at.collector.store.listFeedback("trace");
    expect(stored.map((one) => one.value)).toEqual([5, -1]);
    await at.page.click(".said summary");
    expect(await at.textOf(".said ul")).toContain("comment: helpful");
  });
});
