import { expect, it } from "vitest";
import { aSpan } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

const EVIL = `<img src=x onerror="alert(1)"><script>alert(2)</script>\u202E\u0007\u009B`;
const SEEN = `<img src=x onerror="alert(1)"><script>alert(2)</script>\uFFFD\uFFFD\uFFFD`;
const HUGE = "x".repeat(5_000_000);

describePage("the page with hostile traces", (at) => {
  const noMarkup = async (): Promise<void> => {
    expect(await at.page.locator("#page :is(img, script, iframe, object, a[href^='javascript'])").count()).toBe(0);
  };

  it("keeps every text of a trace as text, wherever it is shown", async () => {
    const status = { code: "error", error: { type: EVIL, message: EVIL, stack: EVIL, code: EVIL } } as const;
    const messages = [
      {
        role: EVIL,
        name: EVIL,
        content: [{ type: EVIL, text: EVIL }],
        tool_calls: [{ id: EVIL, function: { name: EVIL, arguments: EVIL } }],
      },
    ];
    await at.post(
      aSpan("a/b?c#d", {
        traceId: `a/b?c#d"'<b>`,
        name: EVIL,
        type: "llm",
        model: { provider: EVIL, url: "javascript:alert(3)" },
        tags: [EVIL],
        metadata: { [EVIL]: EVIL, _user: EVIL, session_id: EVIL, ["__proto__"]: "x" },
        input: { model: EVIL, messages, [EVIL]: EVIL },
        output: { model: EVIL, choices: [{ message: { role: "assistant", content: EVIL, reasoning_content: EVIL } }] },
        marks: [{ name: EVIL, timeMs: Date.UTC(2222, 0), attributes: { [EVIL]: EVIL } }],
        status,
      }),
      aSpan("docs", {
        traceId: `a/b?c#d"'<b>`,
        type: "retriever",
        parentSpanId: "a/b?c#d",
        output: { documents: [{ id: EVIL, text: EVIL, metadata: { [EVIL]: EVIL } }] },
      }),
    );
    const given = { trace_id: `a/b?c#d"'<b>`, value: 1, metadata: { [EVIL]: EVIL } };
    await fetch(`${at.collector.baseURL}/feedback`, { method: "POST", body: JSON.stringify(given) });
    await at.open("/", "tbody tr");
    expect(await at.textOf(".trace-link")).toBe(SEEN);
    await noMarkup();
    await at.page.click(".trace-link");
    await at.page.waitForSelector(".row");
    expect(await at.textOf(".row .name")).toBe(SEEN);
    await at.page.click(".said summary");
    await at.page.click(".row");
    await at.page.waitForSelector(".chat");
    expect(await at.textOf(".box .message strong")).toBe(SEEN);
    expect(await at.textOf(".role-assistant")).toContain("<script>alert(2)</script>");
    for (const tab of ["Details", "JSON"]) {
      await at.page.click(`.tabs button:text-is("${tab}")`);
      await at.page.waitForSelector(".detail .json");
      await noMarkup();
    }
    await at.page.click('.row[data-span="docs"]');
    await at.page.click('.tabs button:text-is("Content")');
    await at.page.waitForSelector(".documents");
    await noMarkup();
    await at.page.click(".facts a");
    await at.page.waitForSelector(".turn");
    await noMarkup();
    expect(await at.page.locator("body").innerText()).not.toContain("\u202E");
  });

  it("shows the beginning of texts of 5 MB, and more when it is asked for", async () => {
    await at.post(
      aSpan("root", { input: HUGE, output: { text: HUGE, list: Array.from({ length: 50_000 }, (_, index) => index) } }),
    );
    await at.open("/traces/trace?span=root", ".part");
    expect((await at.page.innerText(".detail")).length).toBeLessThan(30_000);
    await at.page.click("text=Show the first 1,000,000 of 5,000,000 characters");
    await at.page.waitForSelector("text=4,000,000 more characters");
    expect(await at.page.locator(".json-line").count()).toBeLessThan(200);
  });

  it("survives what no framework sends: shapes that are wrong, depth, times that cannot be", async () => {
    const deep = Array.from({ length: 80 }).reduce<object>((inner) => ({ inner }), { end: true });
    await at.post(
      aSpan("root", {
        type: "llm",
        model: {},
        input: { messages: [null, 5, "x", { role: "user" }, []] },
        output: { choices: [null, {}, { message: 5 }], usage: { prompt_tokens: -5, completion_tokens: "x" } },
      } as object),
      aSpan("deep", { parentSpanId: "root", input: deep as never, startTimeMs: 1, durationMs: 1e12 }),
      aSpan("self", { parentSpanId: "self" }),
      aSpan("ring1", { parentSpanId: "ring2" }),
      aSpan("ring2", { parentSpanId: "ring1" }),
    );
    await at.open("/traces/trace", ".row");
    expect((await at.textsOf(".row .name")).toSorted()).toEqual(["deep", "ring1", "ring2", "root", "self"]);
    for (const spanId of ["root", "deep", "ring1"]) {
      await at.page.click(`.row[data-span="${spanId}"]`);
      for (const tab of ["Content", "Details", "JSON"]) await at.page.click(`.tabs button:text-is("${tab}")`);
      await at.page.waitForSelector(".detail .json");
    }
  });
});
