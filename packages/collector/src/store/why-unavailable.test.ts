import { describe, expect, it } from "vitest";
import { whyUnavailable } from "./why-unavailable.ts";

const fault = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe("a failure of the store", () => {
  it.each<[Error, string]>([
    [fault("database or disk is full", "ERR_SQLITE_ERROR"), "database or disk is full"],
    [
      fault("Failed to open database: unable to open database file", "ERR_SQLITE_ERROR"),
      "unable to open database file",
    ],
    [fault("Memory limit exceeded: while reading 'secret'", "241"), "ClickHouse answered with its error 241"],
    [fault("connect ECONNREFUSED 10.0.0.1:8123", "ECONNREFUSED"), "ECONNREFUSED"],
    [fault("Timeout error."), "ClickHouse did not answer in time"],
  ])("that is about the store alone, %s, has a reason", (error, reason) => {
    expect(whyUnavailable(error)).toBe(reason);
  });

  it.each([
    fault("string or blob too big", "ERR_SQLITE_ERROR"),
    fault("Cannot parse input: 'secret'", "27"),
    fault("no such file", "ENOENT"),
    fault("secret"),
    "disk I/O error",
    undefined,
  ])("that may be about what it was given, %s, has none", (error) => {
    expect(whyUnavailable(error)).toBeUndefined();
  });
});
