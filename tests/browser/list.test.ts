import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import { agent, aSpan, START_MS } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the list of traces", (at) => {
  const names = (): Promise<string[]> => at.textsOf(".trace-link");
  const say = (feedback: object): Promise<unknown> =>
    fetch(`${at.collector.baseURL}/feedback`, { method: "POST", body: JSON.stringify(feedback) });
  const chains = (count: number): Span[] =>
    Array.from({ length: count }, (_, index) =>
      aSpan("r", {
        traceId: `t${index}`,
        name: `chain ${index}`,
        startTimeMs: START_MS + index * 1_000,
        durationMs: 100 + index,
        metadata: { _user: index % 2 === 0 ? "ada" : "Ada Lovelace" },
      }),
    );

  it("tells of each trace what it took, cost and said", async () => {
    await at.post(...agent);
    await at.open("/", "tbody tr");
    const cells = await at.textsOf("tbody td");
    expect(cells[0]).toBe("support-agent 1 error gpt-4o");
    expect(cells.slice(2)).toEqual(["1.00 s", "100 ms", "3", "1,234", "$0.0031", "ada", "s-1", "–"]);
    expect(await at.page.getAttribute("td .status svg", "aria-label")).toBe("ok");
  });

  it("shows the newest first, and adds what comes while it is looked at", async () => {
    await at.post(...chains(2));
    await at.open("/", "tbody tr");
    expect(await names()).toEqual(["chain 1", "chain 0"]);
    await at.post(aSpan("r", { traceId: "new", name: "newest", startTimeMs: START_MS + 90_000 }));
    await at.page.waitForSelector("bdi:text-is('newest')");
    expect(await names()).toEqual(["newest", "chain 1", "chain 0"]);
    expect(await at.textOf(".live")).toBe("Live");
  });

  it("sums up what is shown, says so, and draws it over time", async () => {
    await at.post(...agent, ...chains(4));
    await at.open("/", ".figures");
    expect(await at.textOf(".summary-head")).toBe("All 5 traces");
    const figures = await at.textsOf(".figure");
    expect(figures).toEqual([
      "Spans 7",
      "Failed 0 0 %",
      "Duration 102 ms p95 1.00 s",
      "First token 100 ms median",
      "Tokens 1.2k 1.2k in, 34 out",
      "Cost $0.0031",
    ]);
    expect(await at.page.locator(".dot").count()).toBe(5);
    expect(await at.page.locator(".dot.has-error").count()).toBe(1);
    expect(await at.page.locator(".cost-bar[height]:not([height='0'])").count()).toBe(1);
  });

  it("says of which traces its sums are: of those that are shown, or of all of a time", async () => {
    const calls = Array.from({ length: 60 }, (_, index) =>
      aSpan("r", {
        ...agent[1],
        traceId: `c${index}`,
        parentSpanId: undefined,
        startTimeMs: Date.now() - index * 60_000,
      } as object),
    );
    await at.post(...calls);
    await at.open("/", ".figures");
    expect(await at.textsOf(".segments button")).toEqual(["Newest 50 traces", "All of the last day"]);
    expect(await at.textsOf(".figure")).toEqual(expect.arrayContaining(["Spans 50", "Cost $0.155"]));
    await at.page.click(".segments button:last-child");
    await at.page.waitForSelector(".figure:has-text('Model calls')");
    expect(await at.textsOf(".figure")).toEqual([
      "Spans 60",
      "Failed spans 0 0 %",
      "Model calls 60",
      expect.stringMatching(/^Time of a call 2\d\d ms p95 2\d\d ms$/),
      "Tokens 74k 72k in, 2k out",
      "Cost $0.185",
    ]);
    expect(await at.page.locator(".time-bar.is-p95").count()).toBeGreaterThan(0);
    await at.page.reload();
    await at.page.waitForSelector(".figure:has-text('Model calls')");
    await at.post({ ...calls[0], traceId: "one more" } as Span);
    await at.page.waitForSelector(".figure:has-text('Model calls') strong:text-is('61')");
  });

  it("sums up all that match a question, also those that are not shown", async () => {
    const ofGrace = { parentSpanId: undefined, metadata: { _user: "grace" } };
    const call = (index: number): Span =>
      aSpan("r", { ...agent[1], ...ofGrace, traceId: `g${index}`, startTimeMs: START_MS + index * 60_000 } as object);
    await at.post(...Array.from({ length: 60 }, (_, index) => call(index)), ...chains(3));
    await at.open("/?q=user:grace", ".figures");
    expect(await at.textsOf(".segments button")).toEqual(["Newest 50 traces that match", "All that match"]);
    await at.page.click(".segments button:last-child");
    await at.page.waitForSelector(".figure:has-text('Spans') strong:text-is('60')");
    expect(await at.textsOf(".figure")).toEqual([
      "Spans 60",
      "Failed 0 0 %",
      expect.stringMatching(/^Duration 2\d\d ms p95 2\d\d ms$/),
      "First token 100 ms median",
      "Tokens 74k 72k in, 2k out",
      "Cost $0.185",
    ]);
    // A bar a minute, the last one inside the chart.
    const bars = at.page.locator(".time-bar.is-p95");
    expect(await bars.count()).toBe(60);
    const room = await at.page.locator(".chart svg").first().boundingBox();
    const last = await bars.last().boundingBox();
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0) + 1);
    await at.post(call(60));
    await at.page.waitForSelector(".figure:has-text('Spans') strong:text-is('61')");
    await at.page.click("text=Older");
    await at.page.waitForSelector("button:text-is('These 11 traces, of more that match')");
    expect(await at.textsOf(".figure")).toEqual(expect.arrayContaining(["Spans 61"]));
    await at.page.click(".segments button:first-child");
    await at.page.waitForSelector(".figure:has-text('Spans') strong:text-is('11')");
  });

  it("shows feedback that is given elsewhere, on traces that are looked at", async () => {
    await at.post(...agent);
    await at.open("/", "tbody tr");
    await at.page.waitForSelector(".live.is-live");
    await say({ trace_id: "trace", value: -1 });
    await at.page.waitForSelector('td.is-feedback svg[aria-label="1 piece of feedback, mean -1.0"]');
    await say([1, 2, 3].map(() => ({ trace_id: "trace", value: 5 })));
    await at.page.waitForSelector('td.is-feedback svg[aria-label="4 pieces of feedback, mean 3.5"]');
  });

  it("knows no cost of a model without a price", async () => {
    const output = { model: "a-model", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    await at.post(aSpan("r", { type: "llm", model: {}, output }));
    await at.open("/", "tbody tr");
    expect(await at.textOf("td.is-cost")).toBe("–");
    expect(await at.page.getAttribute("td.is-cost span", "title")).toContain("No price is known");
  });

  it("filters by a user whatever the name is, back and forward, and in a tab of its own", async () => {
    const user = 'Ada "the & Countess" #1 + 100 % = \\o/ 愛達:\u00a0x';
    await at.post(...chains(2), aSpan("r", { traceId: "odd", name: "odd one", metadata: { _user: user } }));
    await at.open("/", "tbody tr");
    await at.page.click("tr[data-trace=odd] td.is-user button");
    await at.count(".trace-link", 1);
    expect(await names()).toEqual(["odd one"]);
    await at.page.reload();
    await at.page.waitForSelector("tbody tr");
    expect(await names()).toEqual(["odd one"]);
    const address = at.page.url();
    await at.page.click(".conditions button");
    await at.count(".trace-link", 3);
    expect(await at.page.evaluate("document.activeElement.type")).toBe("search");
    await at.page.click(".trace-link");
    await at.page.waitForSelector(".row");
    await at.page.goto(address);
    await at.page.waitForSelector("tbody tr");
    expect(await names()).toEqual(["odd one"]);
    await at.page.goBack();
    await at.page.waitForSelector(".row");
    await at.page.goForward();
    await at.count(".trace-link", 1);
  });

  it("puts the reader on the trace that was left, where it was", async () => {
    await at.post(...chains(40));
    await at.open("/", "tbody tr");
    for (let presses = 0; presses < 30; presses++) await at.page.keyboard.press("j");
    await at.page.keyboard.press("Enter");
    await at.page.waitForSelector(".row");
    await at.page.keyboard.press("Escape");
    await at.page.waitForSelector("tbody tr");
    expect(await at.page.evaluate("document.activeElement.textContent")).toBe("chain 10");
    expect(await at.page.locator(".trace-link:focus").boundingBox()).toMatchObject({ y: expect.any(Number) });
    expect(await at.page.evaluate("scrollY")).toBeGreaterThan(400);
    await at.page.keyboard.press("j");
    expect(await at.page.evaluate("document.activeElement.textContent")).toBe("chain 9");
    await at.page.click("tr[data-trace=t9] .trace-link");
    await at.page.waitForSelector(".row");
    await at.page.goBack();
    await at.page.waitForSelector(".trace-link:focus:has-text('chain 9')");
  });

  it("keeps long names in their row, and the table in its width", async () => {
    const long = "a-very-long-name-without-any-space".repeat(20);
    const model = { model: {}, input: { model: long }, output: { model: long } } as const;
    await at.post(aSpan("r", { name: long, type: "llm", metadata: { _user: long, session_id: long }, ...model }));
    for (const width of [1_400, 1_024, 930, 400]) {
      await at.page.setViewportSize({ width, height: 800 });
      await at.open("/", "tbody tr");
      expect(await at.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      const [row, name] = await Promise.all(
        ["tbody tr", ".name-and-models"].map((selector) => at.page.locator(selector).boundingBox()),
      );
      expect((name?.y ?? 0) + (name?.height ?? 0)).toBeLessThanOrEqual((row?.y ?? 0) + (row?.height ?? 0));
    }
  });

  it("lets go of what is too old for the time that is asked for", async () => {
    await at.page.clock.install({ time: Date.now() });
    await at.post(aSpan("r", { traceId: "soon old", name: "soon old", startTimeMs: Date.now() - 10_000 }));
    await at.open("/?q=since:1m", "tbody tr");
    await at.page.clock.fastForward(70_000);
    await at.page.waitForSelector(".empty");
  });

  it("filters by words and conditions, which stand in the address", async () => {
    await at.post(...agent, ...chains(4));
    await at.open("/", "tbody tr");
    await at.page.fill("input[type=search]", "where order");
    await at.count(".trace-link", 1);
    expect(new URL(at.page.url()).searchParams.get("q")).toBe("where order");
    await at.page.fill("input[type=search]", "");
    await at.count(".trace-link", 5);
    await at.page.click("tr[data-trace=t1] td.is-user button");
    await at.count(".trace-link", 2);
    expect(await names()).toEqual(["chain 3", "chain 1"]);
    expect(await at.textOf(".conditions")).toBe("user: Ada Lovelace");
    await at.page.reload();
    await at.page.waitForSelector("tbody tr");
    expect(await names()).toEqual(["chain 3", "chain 1"]);
    await at.page.click(".conditions button");
    await at.count(".trace-link", 5);
  });

  it("filters by choices, and says what is wrong with a condition", async () => {
    await at.post(...agent, ...chains(2));
    await at.open("/?q=min:500ms", "tbody tr");
    expect(await names()).toEqual(["support-agent"]);
    await at.page.selectOption("select[aria-label=Status]", "error");
    await at.page.waitForSelector(".empty");
    expect(await at.textOf(".empty")).toContain("No trace is like that");
    await at.page.click("text=Show all traces");
    await at.page.waitForSelector("tbody tr");
    await at.page.goto(`${at.collector.url}/?q=status:bad`);
    await at.page.waitForSelector(".chip.is-wrong");
    expect(await at.textOf(".chip.is-wrong")).toContain("expected ok, error");
    expect(await at.page.locator(".trace-link").count()).toBe(3);
  });

  it("forgets what was being typed when the search is left", async () => {
    await at.post(...chains(2));
    await at.open("/", "tbody tr");
    await at.page.keyboard.press("/");
    await at.page.keyboard.type("nothing");
    await at.page.waitForSelector(".empty");
    await at.page.keyboard.type(" like it");
    await at.page.keyboard.press("Escape");
    await at.page.keyboard.press("Escape");
    await at.page.waitForTimeout(400);
    expect(new URL(at.page.url()).search).toBe("");
    expect(await at.page.inputValue("input[type=search]")).toBe("");
  });

  it("is walked through with keys", async () => {
    await at.post(...chains(3));
    await at.open("/", "tbody tr");
    await at.page.keyboard.press("j");
    await at.page.keyboard.press("j");
    await at.page.keyboard.press("k");
    await at.page.keyboard.press("j");
    expect(await at.page.evaluate("document.activeElement.textContent")).toBe("chain 1");
    await at.page.keyboard.press("/");
    await at.page.keyboard.type("nothing like it");
    await at.page.waitForSelector(".empty");
    await at.page.keyboard.press("Escape");
    await at.page.keyboard.press("Escape");
    await at.page.waitForSelector("tbody tr");
    await at.page.keyboard.press("?");
    await at.page.waitForSelector("dialog[open]");
    expect(await at.textOf("dialog")).toContain("next, previous trace");
    await at.page.keyboard.press("Escape");
    await at.count("dialog", 0);
    await at.page.keyboard.press("j");
    await at.page.keyboard.press("Enter");
    await at.page.waitForSelector(".row");
    expect(at.page.url()).toContain("/traces/t2");
    await at.page.keyboard.press("Escape");
    await at.page.waitForSelector("tbody tr");
  });

  it("leafs through older traces, by addresses", async () => {
    await at.post(...chains(120));
    await at.open("/", "tbody tr");
    expect(await at.page.locator("tbody tr").count()).toBe(50);
    await at.page.click("text=Older");
    await at.page.waitForSelector("bdi:text-is('chain 69')");
    await at.page.reload();
    await at.page.waitForSelector("bdi:text-is('chain 69')");
    await at.page.click("text=Newest");
    await at.page.waitForSelector("bdi:text-is('chain 119')");
    await at.page.goBack();
    await at.page.waitForSelector("bdi:text-is('chain 69')");
    await at.page.selectOption(".pages select", "500");
    await at.page.waitForSelector("bdi:text-is('chain 0')");
  });
});
