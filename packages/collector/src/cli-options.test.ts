import { describe, expect, it } from "vitest";
import { findArgumentProblem, readPort } from "./cli-options.ts";
import { defaultDataPath } from "./data-path.ts";

describe("findArgumentProblem", () => {
  it.each([[], ["--port", "0"], ["--port=0", "--data", "x.db"], ["--data", "--odd-name"]])(
    "finds none in %j",
    (...args) => {
      expect(findArgumentProblem(args)).toBeUndefined();
    },
  );

  it.each<[string[], string]>([
    [["--prot", "1"], "unknown option --prot: did you mean --port?"],
    [["--dat=x"], "unknown option --dat: did you mean --data?"],
    [["--verison"], "unknown option --verison: did you mean --version?"],
    [["--vrsion"], "unknown option --vrsion: did you mean --version?"],
    [["--hots", "x"], "unknown option --hots: did you mean --host?"],
    [["--date"], "unknown option --date: did you mean --data?"],
    [["--completely-else"], "unknown option --completely-else"],
    [["-p", "1"], "unknown option -p"],
    [["start"], 'unexpected argument "start"'],
    [["--port", "1", "2"], 'unexpected argument "2"'],
    [["--data"], "--data needs a value"],
  ])("tells what is wrong with %j", (args, problem) => {
    expect(findArgumentProblem(args)).toBe(problem);
  });
});

it("reads a port, and nothing else", () => {
  expect(["0", "8788", "65535", "65536", "-1", "1.5", "", "http", " 1"].map(readPort)).toEqual([
    0,
    8788,
    65_535,
    ...Array.from({ length: 6 }, () => undefined),
  ]);
});

it("keeps traces in the user's data folder of each system", () => {
  const home = "/home/ada";
  expect(defaultDataPath({ platform: "linux", home, env: {} })).toBe("/home/ada/.local/share/portkey-traces/traces.db");
  expect(defaultDataPath({ platform: "linux", home, env: { XDG_DATA_HOME: "/data" } })).toBe(
    "/data/portkey-traces/traces.db",
  );
  expect(defaultDataPath({ platform: "linux", home, env: { XDG_DATA_HOME: "" } })).toContain("/.local/share/");
  expect(defaultDataPath({ platform: "darwin", home, env: {} })).toContain(
    "/Library/Application Support/portkey-traces/",
  );
  expect(defaultDataPath({ platform: "win32", home, env: { LOCALAPPDATA: "L" } })).toContain("L/portkey-traces");
});
