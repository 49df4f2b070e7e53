import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import { agent, aSpan } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the view of a span", (at) => {
  const tab = (name: string): Promise<void> => at.page.click(`.tabs button:text-is("${name}")`);
  const copied = async (label: string): Promise<string> => {
    await at.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await at.page.click(`.detail button[aria-label="${label}"]`);
    return at.page.evaluate<string>("navigator.clipboard.readText()");
  };

  it("is opened by mouse, keys and address, and closed again", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=find", ".detail");
    expect(await at.textOf(".detail h2")).toBe("lookup_order");
    await at.page.click('.row[data-span="ask"]');
    expect(at.page.url()).toMatch(/span=ask$/);
    await at.page.keyboard.press("ArrowUp");
    expect(await at.textOf(".detail h2")).toBe("support-agent");
    await at.page.keyboard.press("Escape");
    expect(await at.page.locator(".detail").count()).toBe(0);
  });

  it("reads like a chat: roles, reasoning, tool calls with their arguments", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    expect(await at.textsOf(".said-by h4")).toEqual(["user", "assistant"]);
    expect(await at.textOf(".role-user")).toContain("Where is order 17?");
    expect(await at.textOf(".reasoning")).toContain("Look it up.");
    expect(await at.textOf(".call")).toMatch(/lookup_order c1 .*order: 17/);
  });

  it("shows an agent's answer without repeating what it was asked", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=root", ".chat");
    expect(await at.textsOf(".said-by")).toEqual(["user Where is order 17?", "assistant I cannot find it."]);
  });

  it("lists retrieved documents with their scores", async () => {
    const output = {
      documents: [
        { id: "d1", score: 0.914, text: "Bears eat honey.", metadata: { page: 3 } },
        { text: "Bees do not." },
      ],
    };
    await at.post(aSpan("root", { type: "retriever", output }));
    await at.open("/traces/trace?span=root", ".documents");
    expect(await at.textsOf(".document")).toEqual([
      expect.stringMatching(/^1 0\.914 d1 Bears eat honey\./),
      "2 Bees do not.",
    ]);
  });

  it("tells errors with type, message, code, stack and cause", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=find", ".box.is-error");
    expect(await at.textOf(".box.is-error")).toMatch(
      /^RangeError E_ORDER no such order: 17 Stack caused by Error the table is empty$/,
    );
    await at.page.click(".box summary");
    expect(await at.textOf(".box pre")).toContain("at lookUp (orders.js:7:11)");
  });

  it("tells tokens with their parts, and how the cost came about", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".tabs");
    await tab("Details");
    await at.page.waitForSelector(".bill");
    expect(await at.textsOf(".usage:not(.bill) tr")).toEqual([
      "Input 1,200",
      "of it cached 200",
      "Output 34",
      "of it reasoning 10",
      "Total 1,234",
    ]);
    expect(await at.textsOf(".bill tr")).toEqual([
      "Input 1,000 × $2.50 / 1M $0.0025",
      "Cached input 200 × $1.25 / 1M $0.0003",
      "Output 34 × $10.00 / 1M $0.0003",
      "Cost openai/gpt-4o, genai-prices $0.0031",
    ]);
  });

  it("tells parameters, marks, metadata and tags", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".tabs");
    await tab("Details");
    const details = await at.textOf(".detail-body");
    expect(details).toContain("temperature 0.2");
    expect(details).toContain("First token 100 ms");
    expect(details).toMatch(/Marks \+50 ms retry/);
    await at.page.click('.row[data-span="root"]');
    await at.page.waitForSelector(".tags");
    expect(await at.textOf(".detail-body")).toMatch(/_user: ada.*Tags beta/);
  });

  it("says that it knows no price, rather than that it cost nothing", async () => {
    const output = { model: "a-model", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    await at.post(aSpan("root", { type: "llm", model: {}, output }));
    await at.open("/traces/trace?span=root", ".tabs");
    await tab("Details");
    await at.page.waitForSelector(".usage");
    expect(await at.textOf(".detail-body")).toContain("Cost: –. No price is known for this model");
  });

  it("shows the raw JSON, which folds and can be copied", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".tabs");
    await tab("JSON");
    await at.page.waitForSelector(".json");
    const input = at.page.locator(".json-line", { hasText: /^input: / });
    expect(await at.textOf(".json")).toContain("temperature: 0.2");
    await input.click();
    expect(await at.textOf(".json")).not.toContain("temperature: 0.2");
    const json = JSON.parse(await copied("Copy span as JSON"));
    expect(json).toMatchObject({ spanId: "ask", input: { temperature: 0.2 } });
  });

  it("is copied as a link and as cURL", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    const link = await copied("Copy link to this span");
    expect(link).toBe(`${at.collector.url}/traces/trace?span=ask`);
    expect(await copied("Copy as cURL")).toMatch(
      /^curl --url 'https:\/\/api\.openai\.com\/v1\/chat\/completions'.*--data-raw '\{/s,
    );
  });

  it("is copied as a command that a shell runs as it is meant, whatever is in it", async () => {
    const content = `it's "$HOME" \`date\` $(date) \\ \\n !! %s\n\tsecond line\r\n😀 愛 \u202E\u0000 #{x} ~ * ? {a,b} -- '\\''`;
    const taken: { key: string | undefined; body: unknown }[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        taken.push({ key: request.headers.authorization, body: JSON.parse(Buffer.concat(parts).toString()) });
        response.end("{}");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions?a=b&c='d'`;
    const input = { model: "gpt-4o", messages: [{ role: "user", content }], [content]: null };
    const { parentSpanId: _parent, ...call } = agent[1] as Span;
    await at.post({ ...call, input, model: { provider: "openai", url } });
    await at.open("/traces/trace?span=ask", ".chat");
    const command = await copied("Copy as cURL");
    const env = { ...process.env, OPENAI_API_KEY: "sk-of-the-test" };
    await promisify(execFile)("bash", ["-c", command], { env, timeout: 20_000 });
    server.close();
    expect(taken).toEqual([{ key: "Bearer sk-of-the-test", body: input }]);
  });
});
