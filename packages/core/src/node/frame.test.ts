import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, readFrame } from "./frame.ts";

/** No two are the same. */
const records = fc
  .array(fc.json({ maxDepth: 1 }), { maxLength: 12 })
  .map((all) => all.map((text, index) => Buffer.from(JSON.stringify({ index, text }))));

/** All that can be read from bytes, and how many places are damaged. */
function readAll(bytes: Buffer): { texts: string[]; damaged: number } {
  const texts: string[] = [];
  let damaged = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = readFrame(bytes, at, true);
    if (frame.kind === "partial") throw new Error("there is nothing more to come");
    if (frame.kind === "record") texts.push(bytes.toString("utf8", frame.start, frame.end));
    else damaged += 1;
    expect(frame.next).toBeGreaterThan(at);
    at = frame.next;
  }
  return { texts, damaged };
}

const texts = (all: readonly Buffer[]): string[] => all.map((each) => each.toString());

describe("framing", () => {
  it("gives back what was put in", () => {
    fc.assert(
      fc.property(records, (all) => {
        expect(readAll(Buffer.concat(all.map(encodeFrame)))).toEqual({ texts: texts(all), damaged: 0 });
      }),
    );
  });

  it("loses only the torn record when the end is missing", () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, seed) => {
        const frames = all.map(encodeFrame);
        const bytes = Buffer.concat(frames);
        const length = seed % (bytes.length + 1);
        let whole = 0;
        for (let end = 0; whole < frames.length && end + (frames[whole]?.length ?? 0) <= length; whole++) {
          end += frames[whole]?.length ?? 0;
        }
        const read = readAll(bytes.subarray(0, length));
        expect(read.texts).toEqual(texts(all.slice(0, whole)));
        expect(read.damaged).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("loses only the damaged records when bytes in the middle are overwritten", () => {
    const damage = fc.uint8Array({ minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(records, damage, fc.nat(), (all, noise, seed) => {
        const frames = all.map(encodeFrame);
        const bytes = Buffer.concat(frames);
        if (bytes.length === 0) return;
        const from = seed % bytes.length;
        bytes.set(noise.subarray(0, bytes.length - from), from);
        const untouched: string[] = [];
        let start = 0;
        for (const [index, frame] of frames.entries()) {
          const end = start + frame.length;
          if (end <= from || start >= from + noise.length) untouched.push(all[index]?.toString() ?? "");
          start = end;
        }
        const read = readAll(bytes);
        expect(read.texts.filter((text) => untouched.includes(text))).toEqual(untouched);
        for (const text of read.texts) expect(texts(all)).toContain(text);
      }),
      { numRuns: 500 },
    );
  });

  it("asks for more where a frame is not there as a whole yet", () => {
    const frame = encodeFrame(Buffer.from("{}"));
    for (let length = 1; length < frame.length; length++) {
      expect(readFrame(frame.subarray(0, length), 0, false)).toEqual({ kind: "partial" });
    }
  });

  it("refuses a record that holds a newline, before it sums up its bytes: lengths may claim anything", () => {
    const frame = encodeFrame(Buffer.from("{\n}"));
    expect(readFrame(frame, 0, true)).toEqual({ kind: "damaged", next: 20 - 1, hasHeader: true });
  });

  it("refuses a length that leads beyond the end", () => {
    const frame = encodeFrame(Buffer.from("{}"));
    frame.write("ffffffff", 1, "latin1");
    expect(readFrame(frame, 0, true)).toEqual({ kind: "damaged", next: frame.length, hasHeader: true });
  });
});
