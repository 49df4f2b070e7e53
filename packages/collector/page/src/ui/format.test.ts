import { describe, expect, it } from "vitest";
import { formatAgo, formatPeriod, formatShortCount, formatUsd, ticksBetween } from "./format.ts";

describe("formats", () => {
  it("writes dollars with the digits that tell something", () => {
    expect([12.3, 0.25, 0.0425, 0.0042, 0.000_015_2, 1e-9, 0, undefined].map(formatUsd)).toEqual([
      "$12.30",
      "$0.250",
      "$0.043",
      "$0.0042",
      "$0.000015",
      "<$0.0000001",
      "$0",
      "–",
    ]);
  });

  it("shortens counts", () => {
    const counts = [950, 1_000, 12_345, 123_456, 999_999, 4_100_000, 7e9];
    expect(counts.map(formatShortCount)).toEqual(["950", "1k", "12.3k", "123k", "1M", "4.1M", "7B"]);
  });

  it("tells how long ago something was", () => {
    const now = 1e12;
    expect([0, 30e3, 120e3, 7.3e6].map((ms) => formatAgo(now - ms, now))).toEqual([
      "just now",
      "30 s ago",
      "2 min ago",
      "2 h ago",
    ]);
  });

  it("tells a length of time as one says it", () => {
    const told = [15 * 6e4, 3.6e6, 5.4e6, 8.64e7, 7 * 8.64e7, 6e4, 1e4].map(formatPeriod);
    expect(told).toEqual(["15 minutes", "hour", "90 minutes", "day", "7 days", "minute", "10 seconds"]);
  });

  it("puts round points on an axis, whichever part of it is seen", () => {
    expect(ticksBetween(0, 1_000).map((tick) => tick.label)).toEqual([
      "0",
      "200 ms",
      "400 ms",
      "600 ms",
      "800 ms",
      "1 s",
    ]);
    expect(ticksBetween(1_130, 1_530).map((tick) => tick.label)).toEqual(["1.2 s", "1.3 s", "1.4 s", "1.5 s"]);
    expect(ticksBetween(0, 0.002).map((tick) => tick.label)).toContain("1 µs");
    expect(ticksBetween(5, 5)).toEqual([{ share: 0, label: "5 ms" }]);
    expect(ticksBetween(0, 125_000).map((tick) => tick.label)).toEqual(["0", "30 s", "1 min", "1 min 30 s", "2 min"]);
    expect(ticksBetween(60_400, 61_200, 4).map((tick) => tick.label)).toEqual([
      "1 min 0.4 s",
      "1 min 0.6 s",
      "1 min 0.8 s",
      "1 min 1 s",
      "1 min 1.2 s",
    ]);
    const labels = ticksBetween(125_000.01, 125_000.03, 3).map((tick) => tick.label);
    expect(labels).toEqual(["2 min 5.00001 s", "2 min 5.00002 s", "2 min 5.00003 s"]);
    expect(ticksBetween(0, 1_000, 2).map((tick) => tick.label)).toEqual(["0", "500 ms", "1 s"]);
    for (const whole of [0.01, 3, 77, 4_321, 1e6, 5e8]) {
      const count = ticksBetween(0, whole).length;
      expect(count).toBeGreaterThanOrEqual(3);
      expect(count).toBeLessThanOrEqual(6);
    }
  });
});
