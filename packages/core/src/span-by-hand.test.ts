import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracing, type Tracing } from "./tracing.ts";
import type { Transport } from "./transport/transport.ts";

let records: string[];
let tracing: Tracing;

const transport: Transport = {
  send: async (batch) => {
    records.push(...batch.records.map((record) => new TextDecoder().decode(record)));
    return { kind: "accepted" };
  },
};

beforeEach(() => {
  records = [];
  tracing = createTracing({ transport, onDiagnostic: () => undefined });
});
afterEach(() => tracing.shutdown());

async function statuses(): Promise<string[]> {
  await tracing.flush();
  return records.map(
    (record) => (JSON.parse(record) as { metadata: { source_metadata: string } }).metadata.source_metadata,
  );
}

describe("what a function returns is passed on", () => {
  it("a thenable that begins its work with each call of then begins it once", async () => {
    let queries = 0;
    const query = {
      then(resolve: (rows: string[]) => void) {
        queries += 1;
        resolve(["row"]);
      },
    };
    const returned = tracing.span("query", () => query);
    expect(returned).toBe(query);
    expect(queries).toBe(0);
    expect(await returned).toEqual(["row"]);
    expect(queries).toBe(1);
    expect(await statuses()).toEqual(['{"type":"span","status":"ok"}']);
  });

  it("an abort, as an error with the status of a client that left", async () => {
    const abort = new DOMException("stop", "AbortError");
    await expect(tracing.span("call", () => Promise.reject(abort))).rejects.toBe(abort);
    expect(await statuses()).toEqual(['{"type":"span","status":"error"}']);
    expect(JSON.parse(records.at(-1) ?? "")).toMatchObject({
      response: { status: 499, body: { error: { type: "AbortError", message: "stop" } } },
    });
  });

  it("a promise with what the program has put on it", async () => {
    const cancel = (): string => "cancelled";
    const returned = tracing.span("call", () => Object.assign(Promise.resolve(1), { cancel }));
    expect(returned.cancel).toBe(cancel);
    expect(await returned).toBe(1);
    expect(await statuses()).toEqual(['{"type":"span","status":"ok"}']);
  });

  it("a proxy of a promise", () => {
    const proxy = new Proxy(Promise.resolve(1), {});
    expect(tracing.span("call", () => proxy)).toBe(proxy);
  });

  it("a promise of a class with private members works as before", async () => {
    class ApiPromise<T> extends Promise<T> {
      readonly #raw = "response";
      raw(): string {
        return this.#raw;
      }
    }
    const returned = tracing.span("call", () => new ApiPromise<number>((resolve) => resolve(7)));
    expect(returned.raw()).toBe("response");
    expect(await returned).toBe(7);
    expect(await statuses()).toEqual(['{"type":"span","status":"ok"}']);
  });

  it("a promise whose catch and finally go past its then, as the openai SDK's do", async () => {
    const pastThen = (work: () => Promise<unknown>): Promise<unknown> =>
      ({
        then: (ok: undefined, bad: undefined) => work().then(ok, bad),
        catch: (bad: undefined) => work().catch(bad),
        finally: (last: undefined) => work().finally(last),
      }) as unknown as Promise<unknown>;
    const well = () => tracing.span("call", () => pastThen(() => Promise.resolve(7)));
    const badly = () => tracing.span("call", () => pastThen(() => Promise.reject(new Error("no"))));
    const seen: unknown[] = [await well().catch(() => "caught")];
    seen.push(await well().finally(() => seen.push("last")));
    seen.push(await badly().catch((error: unknown) => String(error)));
    const finished = badly().finally(() => seen.push("last"));
    seen.push(await finished.catch((error: unknown) => String(error)));
    expect(seen).toEqual([7, "last", 7, "Error: no", "last", "Error: no"]);
    expect((await statuses()).map((status) => (status.includes('"ok"') ? "ok" : "error"))).toEqual([
      "ok",
      "ok",
      "error",
      "error",
    ]);
    expect(tracing.stats().openRuns).toBe(0);
  });

  it.each<[string, () => unknown]>([
    [
      "a revoked proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    [
      "an object whose then throws when it is read",
      () => ({
        get then(): never {
          throw new Error("no");
        },
      }),
    ],
    ["a frozen thenable", () => Object.freeze({ then: () => undefined })],
  ])("%s", async (_name, make) => {
    const value = make();
    expect(tracing.span("x", () => [value])[0] === value).toBe(true);
    const holder: unknown[] = [];
    expect(() => holder.push(tracing.span("x", () => value))).not.toThrow();
    expect(holder[0] === value).toBe(true);
    expect(await statuses()).toHaveLength(2);
  });
});

describe("what a function throws is passed on", () => {
  it.each<[string, unknown]>([
    ["an error with ten megabytes of text", new Error(`Bearer ${"x".repeat(10_000_000)}`)],
    ["undefined", undefined],
    [
      "an object that throws when it is read",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("get");
          },
        },
      ),
    ],
  ])("%s", async (_name, thrown) => {
    let caught: unknown = "nothing";
    try {
      tracing.span("x", () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught === thrown).toBe(true);
    const isSame = await tracing
      .span("y", () => Promise.reject(thrown as Error))
      .then(
        () => false,
        (error: unknown) => error === thrown,
      );
    expect(isSame).toBe(true);
    expect((await statuses()).every((status) => status.includes("error"))).toBe(true);
  });
});

describe("options that are none", () => {
  it("are taken for empty ones", async () => {
    expect(tracing.span("a", () => 1, null as never)).toBe(1);
    expect(tracing.withTrace(undefined as never, () => 2)).toBe(2);
    expect(tracing.span(5 as never, () => 3, { tags: "abc" as never, type: "bogus" as never })).toBe(3);
    expect(tracing.withTrace({ traceId: 5 as never }, () => tracing.span("inner", () => 4))).toBe(4);
    await expect(tracing.flush(null)).resolves.toMatchObject({ dropped: 0, pending: 0 });
    expect(tracing.stats().failedEvents).toBe(0);
  });
});

describe("options that cannot be read", () => {
  const { proxy, revoke } = Proxy.revocable<Record<string, never>>({}, {});
  revoke();

  it("leave the program as it is, and are counted", async () => {
    expect(tracing.span("a", () => 1, proxy)).toBe(1);
    expect(tracing.withTrace(proxy, () => 2)).toBe(2);
    expect(tracing.headers()).toEqual({});
    await expect(tracing.flush(proxy)).resolves.toMatchObject({ sent: 2, dropped: 0, pending: 0 });
    await expect(tracing.shutdown(proxy)).resolves.toMatchObject({ sent: 2 });
    expect(tracing.stats().failedEvents).toBe(6);
  });

  it("of a model are left out, and nothing is held of the others", async () => {
    const model = { provider: 10n, url: "https://h/v1", streamed: "yes", timeToFirstTokenMs: Number.NaN };
    tracing.span("call", () => void (model.url = "https://changed/v1"), { type: "llm", model: model as never });
    tracing.span("named", () => 1, { type: "llm", model: "gpt" as never });
    await expect(tracing.flush()).resolves.toMatchObject({ sent: 2, dropped: 0 });
    expect(JSON.parse(records[0] ?? "")).toMatchObject({
      request: { url: "https://h/v1" },
      response: { streamingMode: false },
    });
  });
});

describe("secrets", () => {
  it("in the metadata of a span are in no span inside it", async () => {
    const metadata = { apiKey: "v-1", headers: { "x-acme-auth": "v-1" }, url: "https://u:v-1@host", team: "t" };
    tracing.span("outer", () => tracing.span("inner", () => 1), { metadata });
    await tracing.flush();
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).not.toContain("v-1");
      expect(record).toContain('"team":"t"');
    }
  });

  it("in an address that is the id of a trace stay out, wherever the id was given", async () => {
    const traceId = "https://user:v-1@host/";
    const pinned = createTracing({ transport, traceId, onDiagnostic: () => undefined });
    pinned.span("pinned by option", () => expect(JSON.stringify(pinned.headers())).not.toContain("v-1"));
    await pinned.shutdown();
    tracing.withTrace({ traceId, name: "pinned by hand" }, () => 1);
    await tracing.flush();
    const ids = records.map((record) => (JSON.parse(record) as { metadata: { traceId: string } }).metadata.traceId);
    expect(ids).toEqual(["https://[redacted]@host/", "https://[redacted]@host/"]);
  });

  it("in the address of a model stay out", async () => {
    const model = { provider: "openai", url: "https://user:v-1@proxy.example/v1/chat/completions?api_key=v-1" };
    tracing.span("call", () => ({ id: "x" }), { type: "llm", model });
    await tracing.flush();
    expect(records.join()).not.toContain("v-1");
    expect(records.join()).toContain("https://[redacted]@proxy.example/v1/chat/completions?api_key=[redacted]");
  });
});
