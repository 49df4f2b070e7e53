import { describe, expect, it } from "vitest";
import { type StreamEvents, watchStream } from "./streams.ts";

function recorder(): { events: StreamEvents; told: unknown[] } {
  const told: unknown[] = [];
  const events: StreamEvents = {
    inside: (fn) => fn(),
    chunk: (value) => told.push(value),
    done: () => told.push("done"),
    failed: (error) => told.push(`failed: ${String(error)}`),
    left: () => told.push("left"),
  };
  return { events, told };
}

async function* numbers(fail = false): AsyncGenerator<number> {
  yield 1;
  yield 2;
  if (fail) throw new Error("broken");
}

const readable = () =>
  new ReadableStream<number>({
    start(controller) {
      for (const value of [1, 2]) controller.enqueue(value);
      controller.close();
    },
  });

describe.each<[string, () => AsyncIterable<number>]>([
  ["a generator", () => numbers()],
  ["a ReadableStream", () => readable()],
  ["an object that makes iterators", () => ({ [Symbol.asyncIterator]: () => numbers() })],
])("watchStream on %s", (_name, create) => {
  it("tells of each chunk and of the end, and changes nothing", async () => {
    const { events, told } = recorder();
    const stream = create();
    expect(watchStream(stream, events)).toBe(true);
    const seen: number[] = [];
    for await (const value of stream) seen.push(value);
    expect(seen).toEqual([1, 2]);
    expect(told).toEqual([1, 2, "done"]);
  });

  it("tells of a reader that leaves", async () => {
    const { events, told } = recorder();
    const stream = create();
    watchStream(stream, events);
    for await (const _value of stream) break;
    expect(told).toEqual([1, "left"]);
  });
});

describe("watchStream", () => {
  it("tells of a stream that is cancelled by itself, and of none that refuses", async () => {
    const { events, told } = recorder();
    const stream = readable();
    watchStream(stream, events);
    const reader = stream.getReader();
    await expect(stream.cancel("enough")).rejects.toThrow(TypeError);
    expect(told).toEqual([]);
    reader.releaseLock();
    await stream.cancel("enough");
    expect(told).toEqual(["left"]);
  });

  it("tells of values, and of no end where the stream can be read on", async () => {
    const { events, told } = recorder();
    const stream = readable();
    watchStream(stream, events);
    for await (const _value of stream.values({ preventCancel: true })) break;
    for await (const _value of stream.values());
    expect(told).toEqual([1, 2, "done"]);
  });

  it("tells of a reader that throws into a generator, and lets it", async () => {
    const { events, told } = recorder();
    const stream = numbers();
    watchStream(stream, events);
    await stream.next();
    await expect(stream.throw(new Error("enough"))).rejects.toThrow("enough");
    expect(told).toEqual([1, "left"]);
  });

  it("tells of an error, and passes it on", async () => {
    const { events, told } = recorder();
    const stream = numbers(true);
    watchStream(stream, events);
    const drain = async () => {
      for await (const _value of stream);
    };
    await expect(drain()).rejects.toThrow("broken");
    expect(told).toEqual([1, 2, "failed: Error: broken"]);
  });

  it("tells of a reader of a ReadableStream", async () => {
    const { events, told } = recorder();
    const stream = readable();
    watchStream(stream, events);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect(told).toEqual([1, "left"]);
  });

  const gather = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
    const values: unknown[] = [];
    for await (const value of stream) values.push(value);
    return values;
  };

  it("tells of a ReadableStream that is piped, into one stream or two", async () => {
    for (const pipe of [
      async (stream: ReadableStream) => gather(stream.pipeThrough(new TransformStream())),
      async (stream: ReadableStream) => gather(stream.tee()[1]),
      async (stream: ReadableStream) => {
        const values: unknown[] = [];
        await stream.pipeTo(new WritableStream({ write: (value) => void values.push(value) }));
        return values;
      },
    ]) {
      const { events, told } = recorder();
      const stream = readable();
      watchStream(stream, events);
      expect(await pipe(stream)).toEqual([1, 2]);
      expect(told).toEqual([1, 2, "done"]);
      // Whether it can be read again, or is refused, is the same as without a watch.
      const unwatched = readable();
      await pipe(unwatched);
      await new Promise(setImmediate);
      expect(stream.locked).toBe(unwatched.locked);
    }
  });

  it("tells of a pipe that breaks, at either end", async () => {
    const broken = recorder();
    const source = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    watchStream(source, broken.events);
    await expect(gather(source.pipeThrough(new TransformStream()))).rejects.toThrow("broken");
    expect(broken.told).toEqual(["failed: Error: broken"]);
    const left = recorder();
    const stream = readable();
    watchStream(stream, left.events);
    for await (const _value of stream.pipeThrough(new TransformStream())) break;
    expect(left.told.at(-1)).toBe("left");
  });

  it("leaves a pipe alone that somebody reads on", async () => {
    const { events } = recorder();
    const stream = readable();
    watchStream(stream, events);
    const refused = stream.pipeTo(new WritableStream({ write: () => Promise.reject(new Error("full")) }), {
      preventCancel: true,
    });
    await expect(refused).rejects.toThrow("full");
    expect(stream.locked).toBe(false);
  });

  it("says no for what is no stream, or cannot be watched", () => {
    const { events } = recorder();
    expect(watchStream("text", events)).toBe(false);
    expect(watchStream(Object.freeze(numbers()), events)).toBe(false);
  });
});
