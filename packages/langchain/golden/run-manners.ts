import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { sleep } from "../../../tests/support/user-programs.ts";
import { startSetting, type TestSetting } from "./start-setting.ts";

const SLOW = "[[chunkdelay:5]][[say:a b c d e f g h]]";

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
const throwing = (): object =>
  Object.defineProperty({ good: 1 }, "bad", {
    enumerable: true,
    get: () => {
      throw new Error("get");
    },
  });
function cycle(): object {
  const value: Record<string, unknown> = { name: "cycle" };
  value["self"] = value;
  return value;
}

/** When runs without an end are closed, crowds, and values that fight back. */
export function runManners(line: string, libs: typeof Libs): void {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await startSetting(libs);
  });
  afterAll(() => setting.close());

  const statusesOf = (name: string) =>
    setting.sink
      .spans()
      .filter((span) => span.name === name)
      .map(({ status }) => (status.code === "unfinished" ? status.reason : status.code));

  /** A model whose stream is left after its first words, by a lambda of this name. */
  const leaving = (name: string) =>
    libs.RunnableLambda.from(async () => {
      let words = 0;
      const stream = await setting.chat().stream(SLOW, { runName: `call of ${name}` });
      for await (const chunk of stream) if (chunk.text !== "" && ++words === 3) break;
    }).withConfig({ runName: name });

  describe(`LangChain ${line}: a stream that its reader left is closed`, () => {
    it("some time after its root has ended", async () => {
      const handler = setting.handlerWith({ openRuns: { rootGraceMs: 100 }, batch: { flushIntervalMs: 10 } });
      await leaving("grace").invoke("x", { callbacks: [handler] });
      await expect.poll(() => statusesOf("call of grace")).toEqual(["root_ended"]);
      expect(handler.stats().openRuns).toBe(0);
    });

    it("after silence, where its root does not end either", async () => {
      const handler = setting.handlerWith({ openRuns: { idleLimitMs: 100 }, batch: { flushIntervalMs: 10 } });
      const stream = await setting.chat().stream(SLOW, { callbacks: [handler], runName: "silent" });
      await stream.next();
      await expect.poll(() => statusesOf("silent")).toEqual(["idle"]);
    });

    it("at a flush, where its root has ended", async () => {
      const handler = setting.handlerWith();
      await leaving("flushed").invoke("x", { callbacks: [handler] });
      await handler.flush();
      expect(statusesOf("call of flushed")).toEqual(["root_ended"]);
    });

    it("at a flush, once it has stood still for 250 ms", async () => {
      const handler = setting.handlerWith();
      const stream = await setting.chat().stream(SLOW, { callbacks: [handler], runName: "standing" });
      await stream.next();
      await stream.next();
      await handler.flush();
      expect(statusesOf("standing")).toEqual([]);
      await sleep(300);
      await handler.flush();
      expect(statusesOf("standing")).toEqual(["stalled"]);
    });

    it("at shutdown", async () => {
      const handler = setting.handlerWith();
      const stream = await setting.chat().stream(SLOW, { callbacks: [handler], runName: "shut" });
      await stream.next();
      await handler.shutdown();
      expect(statusesOf("shut")).toEqual(["shutdown"]);
    });

    it("when too many are open, the oldest first", async () => {
      const handler = setting.handlerWith({ openRuns: { max: 3 } });
      const streams = [];
      for (let n = 0; n < 5; n++) {
        const stream = await setting.chat().stream(SLOW, { callbacks: [handler], runName: `one of many ${n}` });
        await stream.next();
        streams.push(stream);
        expect(handler.stats().openRuns).toBe(Math.min(n + 1, 3));
      }
      await handler.shutdown();
      expect(statusesOf("one of many 0")).toEqual(["open_runs_overflow"]);
      expect(statusesOf("one of many 1")).toEqual(["open_runs_overflow"]);
      expect(statusesOf("one of many 2")).toEqual(["shutdown"]);
    });

    it("with the text and the time of the first token that were seen", async () => {
      const handler = setting.handlerWith();
      await leaving("kept").invoke("x", { callbacks: [handler] });
      await handler.flush();
      const span = setting.sink.spans().find(({ name }) => name === "call of kept");
      expect(span).toMatchObject({
        model: { streamed: true, timeToFirstTokenMs: expect.any(Number) },
        output: { choices: [{ message: { role: "assistant", content: expect.stringMatching(/^a b/) } }] },
      });
    });
  });

  describe(`LangChain ${line}: crowds`, () => {
    it.each([true, false])(
      "200 roots at once on one handler, awaited: %s; none holds a part of another",
      async (awaitHandlers) => {
        const handler = setting.handlerWith({ awaitHandlers });
        const chain = libs.ChatPromptTemplate.fromMessages([
          ["system", "You are number {n}."],
          ["human", "[[jitter:80]][[chunkdelay:1]][[say:answer {n}]]"],
        ])
          .pipe(setting.chat())
          .pipe(libs.RunnableLambda.from(async (message: { text: string }) => message.text));
        const run = async (n: number) => {
          await sleep(Math.random() * 60);
          const config = { callbacks: [handler], runName: `crowd ${n}`, metadata: { number: n, awaitHandlers } };
          if (n % 3 > 0) return chain.invoke({ n }, config);
          let text = "";
          for await (const part of await chain.stream({ n }, config)) text += part;
          return text;
        };
        const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => run(n)));
        expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => `answer ${n}`));
        await handler.flush();
        const crowd = setting.sink.spans().filter(({ metadata }) => metadata["awaitHandlers"] === awaitHandlers);
        expect(crowd).toHaveLength(800);
        expect(new Set(crowd.map(({ traceId }) => traceId)).size).toBe(200);
        for (const { traceId, name, metadata, status, input, type } of crowd) {
          expect(status).toEqual({ code: "ok" });
          const n = Number(metadata["number"]);
          const mates = crowd.filter((span) => span.traceId === traceId);
          expect(mates.map((span) => span.metadata["number"])).toEqual([n, n, n, n]);
          if (type === "llm") expect(JSON.stringify(input)).toContain(`You are number ${n}.`);
          if (name.startsWith("crowd")) expect(name).toBe(`crowd ${n}`);
        }
        expect(handler.stats()).toMatchObject({ openRuns: 0, failedEvents: 0, dropped: 0 });
      },
    );
  });

  describe(`LangChain ${line}: values that fight back`, () => {
    it.each<[string, () => unknown]>([
      ["a getter that throws", throwing],
      ["a cycle", cycle],
      ["a BigInt", () => ({ n: 12345678901234567890n })],
      ["a function, a symbol and a class", () => ({ f: () => 1, s: Symbol("s"), c: Map })],
      ["ten megabytes", () => ({ text: "x".repeat(10_000_000) })],
      ["a proxy that is revoked", () => ({ proxy: revoked() })],
      [
        "dates, maps, sets and bytes",
        () => ({ d: new Date(0), m: new Map([[1, 2]]), s: new Set([1]), b: Buffer.alloc(9) }),
      ],
    ])("%s comes through the program untouched, and makes a span", async (_name, make) => {
      const handler = setting.handlerWith();
      const value = make();
      const runName = `hostile ${Math.random()}`;
      const returned = await libs.RunnableLambda.from((input: unknown) => ({ kept: input })).invoke(value, {
        callbacks: [handler],
        runName,
      });
      expect(returned.kept).toBe(value);
      await handler.flush();
      expect(statusesOf(runName)).toEqual(["ok"]);
      expect(handler.stats().failedEvents).toBe(0);
    });

    it("metadata and tags of any kind do no harm", async () => {
      const handler = setting.handlerWith();
      const runName = `metadata ${Math.random()}`;
      const metadata = { cycle: cycle(), big: 5n, fn: () => 1, text: "kept" };
      await libs.RunnableLambda.from((x: number) => x).invoke(1, {
        callbacks: [handler],
        runName,
        metadata,
        tags: ["t", 5 as never],
      });
      await handler.flush();
      const span = setting.sink.spans().find(({ name }) => name === runName);
      expect(span).toMatchObject({ metadata: { text: "kept" }, status: { code: "ok" } });
    });
  });
}
