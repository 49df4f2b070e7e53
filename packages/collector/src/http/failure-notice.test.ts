import { expect, it } from "vitest";
import { createFailureNotice } from "./failure-notice.ts";

it("says each failure once a minute, and how often it happened meanwhile", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const say = createFailureNotice(
    () => nowMs,
    (line) => lines.push(line),
  );
  for (const line of ["full", "full", "other", "full"]) say(line);
  expect(lines).toEqual(["full", "other"]);
  nowMs = 60_000;
  say("full");
  say("other");
  expect(lines.slice(2)).toEqual(["full (and 2 times since it was last said)", "other"]);
});
