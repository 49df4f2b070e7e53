import { describe, expect, it } from "vitest";
import { parse } from "../map/raw.ts";
import { addReported, ReportedStream, toReported } from "./reported.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const ANTHROPIC = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":9,"cache_read_input_tokens":4,"output_tokens":1}}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"say \\"usage\\":{ aloud"}}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}\n\n',
].join("");

const TOLD = {
  id: "msg_1",
  model: "claude-x",
  finishReason: "end_turn",
  usage: {
    prompt_tokens: 13,
    completion_tokens: 7,
    total_tokens: 20,
    prompt_tokens_details: { cached_tokens: 4 },
  },
};

describe("token counts in the bytes of a stream", () => {
  it("are Anthropic's first ones and last ones together", () => {
    const stream = new ReportedStream();
    expect(stream.add(bytes(ANTHROPIC))).toBe(true);
    expect(stream.reported).toEqual(TOLD);
  });

  it("are found wherever the bytes are cut", () => {
    for (let cut = 1; cut < ANTHROPIC.length; cut += 7) {
      const stream = new ReportedStream();
      stream.add(bytes(ANTHROPIC.slice(0, cut)));
      stream.add(bytes(ANTHROPIC.slice(cut)));
      expect(stream.reported).toEqual(TOLD);
    }
  });

  it("are OpenAI's, where the last event has them", () => {
    const stream = new ReportedStream();
    stream.add(bytes('data: {"id":"c1","model":"gpt","choices":[{}],"usage":null}\n\n'));
    stream.add(
      bytes('data: {"id":"c1","model":"gpt","choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}\n'),
    );
    expect(stream.reported.usage).toEqual({ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 });
  });

  it("are none in what is no event, has no end or is no bytes", () => {
    const stream = new ReportedStream();
    expect(stream.add("text")).toBe(false);
    expect(stream.add(bytes('data: {"usage": {broken\n'))).toBe(false);
    expect(stream.add(bytes(`data: ${"x".repeat(100_000)}`))).toBe(false);
    expect(stream.add(bytes(`${"x".repeat(100_000)}"usage":{"prompt_tokens":2}\n`))).toBe(false);
    expect(stream.reported).toEqual({ usage: undefined });
  });
});

describe("token counts of whole answers", () => {
  it("are added up where one call asks several times", () => {
    const one = toReported({ model: "embed-1", usage: { prompt_tokens: 30, total_tokens: 30 } });
    const both = addReported(one, toReported({ model: "embed-1", usage: { prompt_tokens: 12, total_tokens: 12 } }));
    expect(both.usage).toEqual({ prompt_tokens: 42, completion_tokens: 0, total_tokens: 42 });
    expect(addReported(both, toReported(parse("<html>"))).usage).toEqual(both.usage);
  });
});
