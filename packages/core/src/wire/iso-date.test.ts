import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseIsoDate } from "./iso-date.ts";

afterEach(() => vi.unstubAllEnvs());

const NOON = Date.UTC(2026, 10, 21, 12);

describe("parseIsoDate", () => {
  it.each<[string, number]>([
    ["2026-11-21T12:00:00Z", NOON],
    ["2026-11-21T12:00:00.250Z", NOON + 250],
    ["2026-11-21t12:00:00.25z", NOON + 250],
    ["2026-11-21T12:00:00,25Z", NOON + 250],
    ["2026-11-21T12:00Z", NOON],
    ["2026-11-21T13:30:00+01:30", NOON],
    ["2026-11-21T07:00:00-05:00", NOON],
    ["2026-11-21T07:00:00-0500", NOON],
    ["2026-11-21T07:00:00-05", NOON],
    // Python's isoformat() and str(), with a zone and without.
    ["2026-11-21T12:00:00.123456+00:00", NOON + 123.456],
    ["2026-11-21 12:00:00.123456+00:00", NOON + 123.456],
    ["2026-11-21T12:00:00.123456", NOON + 123.456],
    ["2026-11-21 12:00:00", NOON],
    // Go's and Java's nanoseconds.
    ["2026-11-21T12:00:00.123456789Z", NOON + 123.457],
    ["2026-11-21T11:59:59.9999999Z", NOON],
    ["2026-11-21", NOON - 12 * 3_600_000],
    ["2024-02-29T24:00:00Z", Date.UTC(2024, 2, 1)],
  ])("reads %s", (text, ms) => {
    expect(parseIsoDate(text)).toBe(ms);
  });

  it.each([
    "",
    "1",
    "5",
    "2026",
    "2026-11",
    "tomorrow 3",
    "yesterday",
    "1763740800000",
    "Nov 21, 2026",
    "Sat, 21 Nov 2026 12:00:00 GMT",
    "2026-11-21 12:00:00 UTC",
    "2026-11-21T12:00:00 Z",
    "11/21/2026",
    "2026-02-30",
    "2026-02-29T00:00:00Z",
    "2026-13-01",
    "2026-11-21T25:00:00Z",
    "2026-11-21T12:60:00Z",
    "2026-11-21T12:00:00+99:00",
    "2026-11-21T12",
    "20261121T120000Z",
    "2026-W47-6",
    " 2026-11-21",
    "2026-11-21\n",
  ])("refuses %j", (text) => {
    expect(parseIsoDate(text)).toBeUndefined();
  });

  it("takes what names no zone for UTC, wherever it runs", () => {
    vi.stubEnv("TZ", "America/New_York");
    expect(new Date(NOON).getHours()).toBe(7);
    expect(parseIsoDate("2026-11-21T12:00:00")).toBe(NOON);
    expect(parseIsoDate("2026-11-21 12:00")).toBe(NOON);
  });

  it("reads whatever a Date writes, and never fails", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("2222-12-31"), noInvalidDate: true }), (date) => {
        expect(parseIsoDate(date.toISOString())).toBe(date.getTime());
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\d.{0,20}$/)), (text) => {
        expect(parseIsoDate(text) ?? 0).not.toBeNaN();
      }),
    );
  });
});
