import { describe, expect, it } from "vitest";
import { toSoundId, toSoundName, toSoundTags, toSoundType } from "./sound.ts";
import { createTracing } from "./tracing.ts";

describe("whatever is given", () => {
  it.each<[unknown, string]>([
    ["a", "a"],
    [5, "5"],
    [{}, "unnamed"],
    [undefined, "unnamed"],
    ["x".repeat(5_000), "x".repeat(1_024)],
  ])("%s as a name", (value, expected) => {
    expect(toSoundName(value)).toBe(expected);
  });
  it("an unknown type is a span", () => {
    expect([toSoundType("llm"), toSoundType("bogus"), toSoundType(undefined)]).toEqual(["llm", "span", "span"]);
  });
  it("tags are texts, not too many and not too long", () => {
    expect(toSoundTags("abc")).toEqual([]);
    expect(toSoundTags(["a", 5, "b"])).toEqual(["a", "b"]);
    expect(toSoundTags(Array.from({ length: 500 }, () => "y".repeat(999)))).toEqual(
      Array.from({ length: 64 }, () => "y".repeat(256)),
    );
  });
  it("an id is a text that is not empty", () => {
    expect([toSoundId("a"), toSoundId(""), toSoundId(5), toSoundId(null)]).toEqual([
      "a",
      undefined,
      undefined,
      undefined,
    ]);
  });
  it("an id is cut to what a server takes", () => {
    expect(toSoundId("x".repeat(600))).toBe("x".repeat(512));
    for (const long of [{ traceId: "x".repeat(600) }, { metadata: { traceId: "x".repeat(600) } }]) {
      const tracing = createTracing({ ...long, transport: { send: async () => ({ kind: "accepted" }) } });
      expect(tracing.headers()["x-portkey-trace-id"]).toBe("x".repeat(512));
    }
  });
  const login = "https://user:v-1@host/";
  it.each([login, '{"api_key":"v-1"}', `call ${login}`, `${"x".repeat(1_000)} ${login}`, "https://h/?token=v-1"])(
    "secrets are in no name and no tag: %s",
    (text) => {
      expect(toSoundName(text)).not.toContain("v-1");
      expect(toSoundTags([text])[0]).not.toContain("v-1");
      expect(toSoundName(text)).toContain("[redacted]");
    },
  );
  it("an address as an id has no password", () => {
    expect(toSoundId(login)).toBe("https://[redacted]@host/");
  });
});
