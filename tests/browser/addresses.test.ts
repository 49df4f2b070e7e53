import { expect, it } from "vitest";
import { aSpan } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

describePage("an address of the page", (at) => {
  it.each([".", "..", "~.", "a/../b?c#d", "100 %"])(
    "leads to the trace, the span and the session %j, also when opened anew",
    async (id) => {
      const metadata = { session_id: id };
      await at.post(
        aSpan("other", { traceId: "other", name: "not this" }),
        aSpan(id, { traceId: id, name: "asked", input: "a question", metadata }),
      );
      await at.open("/", "tbody tr");
      await at.page.click("a:has-text('asked')");
      for (const view of ["followed", "opened anew"]) {
        await at.page.waitForSelector(".row");
        expect([view, await at.textsOf(".row .name")]).toEqual([view, ["asked"]]);
        await at.page.click(".row");
        await at.page.waitForSelector("text=a question");
        await at.page.reload();
      }
      await at.page.click("a[href^='/sessions/']");
      for (const view of ["followed", "opened anew"]) {
        await at.page.waitForSelector("a:has-text('asked')");
        expect([view, await at.page.locator("text=not this").count()]).toEqual([view, 0]);
        await at.page.reload();
      }
    },
  );
});
