import { expect, it } from "vitest";
import { readLogs } from "./read-logs.ts";
import { createRejectionNotice } from "./rejection-notice.ts";

it("says one line a minute at most, with a count and a reason, and nothing of what was sent", () => {
  const lines: string[] = [];
  let nowMs = 1_000;
  const notice = createRejectionNotice({ now: () => nowMs, say: (line) => void lines.push(line) });
  const wrong = { request: { body: "secret", "secret-key": 1 } };
  notice(readLogs([{ request: {} }], nowMs));
  expect(lines).toEqual([]);
  for (let times = 0; times < 3; times++) notice(readLogs([{ request: {} }, wrong, wrong], nowMs));
  expect(lines).toEqual(["logs refused: 2 since the last such line, e.g. logs[1].request.body: expected object"]);
  nowMs += 60_000;
  notice(readLogs([wrong], nowMs));
  expect(lines[1]).toMatch(/^logs refused: 5 since /);
  expect(lines.join()).not.toContain("secret");
});
