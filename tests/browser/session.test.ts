import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import { aSpan, failed, START_MS } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("the view of a session", (at) => {
  const turn = (index: number, more: Partial<Span> = {}): Span =>
    aSpan("root", {
      traceId: `turn${index}`,
      name: `turn ${index}`,
      startTimeMs: START_MS + index * 60_000,
      metadata: { thread_id: "a/b?c" },
      input: { messages: [{ role: "user", content: `question ${index}` }] },
      output: `answer ${index}`,
      ...more,
    });

  it("reads the traces of a thread as a conversation, the oldest first, and grows", async () => {
    await at.post(turn(1), turn(0), aSpan("other", { traceId: "other" }));
    await at.open(`/sessions/${encodeURIComponent("a/b?c")}`, ".bubble");
    await at.count(".bubble", 4);
    expect(await at.textsOf(".bubble")).toEqual(["question 0", "answer 0", "question 1", "answer 1"]);
    await at.post(turn(2, { status: failed, output: undefined } as object));
    await at.count(".bubble", 6);
    expect(await at.textOf(".bubble.is-failed")).toBe("RangeError: no such order: 17");
    expect(await at.textOf(".session-sum")).toContain("3 traces");
    await at.page.click("a:has-text('turn 1')");
    await at.page.waitForSelector(".row");
  });

  it("says what makes a session, where there is none", async () => {
    await at.open("/sessions/none", ".empty");
    expect(await at.textOf(".empty")).toContain("thread_id");
  });
});
