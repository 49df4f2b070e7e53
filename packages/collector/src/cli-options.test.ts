import { describe, expect, it } from "vitest";
import { type CommandShape, findArgumentProblem, readBytes, readPort } from "./cli-options.ts";
import { defaultDataPath } from "./data-path.ts";

const SERVE: CommandShape = { values: ["port", "host", "data"], flags: [], operands: [], commands: ["show", "tail"] };
const SHOW: CommandShape = { values: ["data"], flags: ["json"], operands: ["the id of a trace"] };

describe("findArgumentProblem", () => {
  it.each([[], ["--port", "0"], ["--port=0", "--data", "x.db"], ["--data", "--odd-name"]])(
    "finds none in %j",
    (...args) => {
      expect(findArgumentProblem(args, SERVE)).toBeUndefined();
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
    [["--", "--port"], 'unexpected argument "--port"'],
    [["shwo", "x"], 'unexpected argument "shwo": did you mean show?'],
    [["--data"], "--data needs a value"],
  ])("tells what is wrong with %j", (args, problem) => {
    expect(findArgumentProblem(args, SERVE)).toBe(problem);
  });
});

describe("findArgumentProblem of a command with an operand", () => {
  it.each([["t1"], ["t1", "--json"], ["--json", "--data", "x", "-"], ["--help", "t1"], ["--json", "--", "--t1"]])(
    "finds none in %j",
    (...args) => {
      expect(findArgumentProblem(args, SHOW)).toBeUndefined();
    },
  );

  it.each<[string[], string]>([
    [[], "expected the id of a trace"],
    [["--data", "t1"], "expected the id of a trace"],
    [["t1", "t2"], 'unexpected argument "t2"'],
    [["t1", "--jsn"], "unknown option --jsn: did you mean --json?"],
    [["t1", "-json"], "unknown option -json"],
    [["--", "-t1", "--json"], 'unexpected argument "--json"'],
  ])("tells what is wrong with %j", (args, problem) => {
    expect(findArgumentProblem(args, SHOW)).toContain(problem);
  });
});

it("reads sizes", () => {
  expect(["10GB", "1.5 MB", "500kb", "7", "2TB", "12 B"].map(readBytes)).toEqual([1e10, 1.5e6, 5e5, 7, 2e12, 12]);
  expect(["", "GB", "10 XB", "-1MB", "1e9", "10GiB"].map(readBytes)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  );
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
