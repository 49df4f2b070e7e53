import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, snapshot } from "./snapshot.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

const S = "v-1";
const copy = (value: unknown): unknown => snapshot(value, { ...DEFAULT_LIMITS, ...WITHOUT_SECRETS });

describe("values of another realm are what they are in this one", () => {
  it.each<[string, unknown]>([
    ["new Map([['apiKey', 'v-1'], ['a', 1]])", { apiKey: "[redacted]", a: 1 }],
    ["new Map([[1, 'a']])", [[1, "a"]]],
    ["new Set([1, 2])", [1, 2]],
    ["new Date(0)", "1970-01-01T00:00:00.000Z"],
    ["/a/g", "/a/g"],
    ["new Uint8Array(3)", "[Uint8Array: 3 bytes]"],
    ["new ArrayBuffer(3)", "[ArrayBuffer: 3 bytes]"],
    ["({ apiKey: 'v-1', a: [1] })", { apiKey: "[redacted]", a: [1] }],
    [
      "Object.assign(new TypeError('no', { cause: new Error('why') }), { config: { headers: { 'x-h': 'v-1' } } })",
      { name: "TypeError", message: "no", cause: { name: "Error", message: "why" } },
    ],
    [
      "new AggregateError([new Error('one')], 'all')",
      { name: "AggregateError", message: "all", errors: [{ name: "Error", message: "one" }] },
    ],
  ])("%s", (source, expected) => {
    expect(copy({ value: runInNewContext(source) })).toEqual({ value: expected });
  });

  it.each(["Map", "Set", "Date"])("what only says that it is a %s is read by its members", (name) => {
    expect(copy({ [Symbol.toStringTag]: name, a: 1 })).toEqual({ a: 1 });
    expect(copy(Object.assign(Object.create({ [Symbol.toStringTag]: name }), { a: 1 }))).toEqual({ a: 1 });
  });
});

/** Stands for a client of any library: its members are those of the OpenAI SDK, axios and LlamaIndex's models. */
class Client {
  readonly kept = S;
  constructor(members: object) {
    Object.assign(this, members);
  }
  toJSON(): object {
    return Object.fromEntries(Object.entries(this));
  }
}

describe("clients and models are named, and not read", () => {
  it.each<[string, object]>([
    ["a key", { apiKey: S }],
    ["a key with a name of its own", { openAIApiKey: S }],
    ["headers", { defaultHeaders: { "x-acme-auth": S } }],
    ["headers of Python's name", { default_headers: { a: S } }],
    ["a query", { defaultQuery: { a: S } }],
    ["an agent", { httpAgent: { proxy: S } }],
    ["a client's settings", { clientConfig: { a: S } }],
    ["settings of a session", { additionalSessionOptions: { a: S } }],
    ["a runnable of LangChain", { lc_runnable: true }],
  ])("with %s", (_name, members) => {
    expect(copy({ result: [new Client(members)], a: 1 })).toEqual({ result: ["[Client]"], a: 1 });
  });

  it("what LangChain has written as JSON, but messages and documents", () => {
    const model = { lc: 1, type: "constructor", id: ["langchain", "chat_models", "ChatOpenAI"], kwargs: { a: S } };
    const parser = { lc: 1, type: "not_implemented", id: ["langchain", "MyParser"] };
    const message = {
      lc: 1,
      type: "constructor",
      id: ["langchain_core", "messages", "AIMessage"],
      kwargs: { content: "c" },
    };
    expect(copy([model, parser, message])).toEqual(["[ChatOpenAI]", "[MyParser]", message]);
    expect(copy({ lc: 1, type: "other" })).toEqual({ lc: 1, type: "other" });
  });

  it("other objects with a class are read", () => {
    expect(copy(new Client({ title: "t" }))).toEqual({ kept: S, title: "t" });
  });
});

describe("secrets in each of the shapes of headers", () => {
  it.each<[string, unknown]>([
    ["an object", { headers: { "x-acme-auth": S } }],
    ["a map", { headers: new Map([["x-acme-auth", S]]) }],
    ["a map of maps", new Map([["headers", { "x-acme-auth": S }]])],
    ["fetch's own", { headers: new Headers({ authorization: S, "x-acme-key": S }) }],
    ["pairs", { extraHeaders: [["x-acme-auth", S]] }],
    ["names and values", { headers: [{ name: "x-acme-auth", value: S }] }],
    [
      "names and values of other words",
      [
        { Name: "Authorization", Value: S },
        { header: "cookie", value: S },
      ],
    ],
    ["Node's flat list", { rawHeaders: ["Host", "h", "X-Acme-Auth", S] }],
    ["a flat list without a name", ["Host", "h", "Authorization", S]],
    ["a flat list inside a list", [["Authorization", `Token ${S}`, "Host", "h"]]],
  ])("%s", (_name, value) => {
    expect(JSON.stringify(value instanceof Map ? [...value] : value)).toBeDefined();
    expect(JSON.stringify(copy(value))).not.toContain(S);
  });

  it("lists of names, and headers that are no secrets, stay", () => {
    const value = { required: ["authorization", "city"], enum: ["cookie", "x-token"], headers: { etag: "5" } };
    expect(copy(value)).toEqual(value);
  });
});

describe("secrets elsewhere", () => {
  it("in names of members and in errors as values", () => {
    const error = new Error("401 for Bearer abcdefgh12", { cause: new Error("api_key=v-1") });
    const value = { [`https://u:${S}@host`]: 1, [`{"api_key":"${S}"}`]: 2, error, thrown: new AggregateError([error]) };
    const kept = JSON.stringify(copy(value));
    expect(kept).not.toMatch(/v-1|abcdefgh12/);
    expect(kept).toContain("401 for [redacted]");
    expect(kept).toContain("https://[redacted]@host");
  });
});
