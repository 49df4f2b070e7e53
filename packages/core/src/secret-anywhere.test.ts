import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecretKey, MAY_NAME_SECRET } from "./secret-keys.ts";
import { withoutSecretMembers } from "./secret-text.ts";
import { DEFAULT_LIMITS, snapshot } from "./snapshot.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

const SECRET = "v9Q7zS3cr3tX1";

const words =
  `api key keys token secret pass word password pwd auth authorization header headers default query connection
  string http https agent cookie set jwt access id private Api Key Token openai groq credential value list my 1`.split(
    /\s+/,
  );
const name = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom("", "-", "_", ".", "__", "- ")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.flat().join(""));
const secretName = name.filter(isSecretKey);
const plainName = fc.oneof(
  fc.constantFrom("a", "name", "value", "headers", "content", 'x"y', "a\\b"),
  fc.string().filter((some) => some !== "__proto__" && !some.includes("`")),
);
const text = fc
  .oneof(fc.string(), fc.constantFrom("", '"', "\\", '\\"', "}", "]", ",", ":", "\n", '{"a":1}', "\\u0022"))
  // Inside a fence, what looks like its end is its end.
  .filter((some) => !some.includes("`"));

const secretValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.tuple(text, text).map((around) => around.join(SECRET)),
    fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
    fc.tuple(text, tie("value")).map(([key, value]) => ({ [`${key}x`]: value, [SECRET]: 1 })),
  ),
})).value;

/** A name that stands before its secret, whatever the text around is cut to. */
const named = fc.oneof(
  fc.tuple(secretName, secretValue).map(([key, value]) => ({ [key]: value })),
  fc
    .tuple(plainName, text, secretName, secretValue, plainName, text)
    .map(([a, b, key, value, c, d]) => ({ [a]: b, [key]: value, [c]: d })),
  fc.tuple(secretName, secretValue).map((pair) => [pair]),
  fc.tuple(secretName, secretValue).map(([key, value]) => ({ name: key, type: "a1", value })),
);
const fence = "```";

/** JSON with secrets, in JSON text, in fences, in JSON text. */
const textWith = (holder: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        holder,
        fc.tuple(plainName, tie("json")).map(([key, value]) => ({ [key]: value })),
        fc.array(fc.oneof(tie("json"), text, fc.integer(), fc.constant(null)), { maxLength: 3 }),
        tie("json").map((value) => JSON.stringify(value)),
        tie("json").map((value) => JSON.stringify(value, null, 2)),
        holder.map((value) => `Here:\n${fence}json\n${JSON.stringify(value)}\n${fence} and more`),
      ),
    }))
    .json.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));

describe("for any names, values and nesting", () => {
  it("what is a secret name is found by the pattern that texts are asked by first", () => {
    fc.assert(
      fc.property(secretName, (found) => MAY_NAME_SECRET.test(JSON.stringify(found))),
      { numRuns: 300 },
    );
  });

  it("no secret is left in JSON text, which stays JSON, nor in a copy of it", () => {
    const valueFirst = fc.tuple(secretName, secretValue).map(([key, value]) => ({ value, name: key }));
    fc.assert(
      fc.property(textWith(fc.oneof(named, valueFirst)), (given) => {
        const cleaned = withoutSecretMembers(given);
        expect(cleaned).not.toContain(SECRET);
        expect(withoutSecretMembers(cleaned)).toBe(cleaned);
        if (/^[[{]/.test(given)) expect(() => JSON.parse(cleaned)).not.toThrow();
        expect(JSON.stringify(snapshot({ given }, { ...DEFAULT_LIMITS, ...WITHOUT_SECRETS }))).not.toContain(SECRET);
      }),
      { numRuns: 300 },
    );
  });

  it("no secret is left in JSON text that was cut anywhere", () => {
    fc.assert(
      fc.property(textWith(named), fc.double({ min: 0, max: 1, noNaN: true }), (given, part) => {
        const cut = given.slice(0, Math.round(given.length * part));
        expect(withoutSecretMembers(cut)).not.toContain(SECRET.slice(0, 6));
      }),
      { numRuns: 300 },
    );
  });
});
