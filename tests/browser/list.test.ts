import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import { agent, aSpan, START_MS } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the list of traces", (at) => {
  const names = (): Promise<string[]> => at.textsOf(".trace-link");
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

  it("sums up what is shown, and draws it over time", async () => {
    await at.post(...agent, ...chains(4));
    await at.open("/", ".figures");
    const figures = await at.textsOf(".figure");
    expect(figures).toEqual([
      "Traces 5",
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

  it("knows no cost of a model without a price", async () => {
    const output = { model: "a-model", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    await at.post(aSpan("r", { type: "llm", model: {}, output }));
    await at.open("/", "tbody tr");
    expect(await at.textOf("td.is-cost")).toBe("–");
    expect(await at.page.getAttribute("td.is-cost span", "title")).toContain("No price is known");
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
