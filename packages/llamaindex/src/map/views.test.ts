import { describe, expect, it } from "vitest";
import { viewOf } from "./views.ts";

const node = { id_: "n1", text: "t".repeat(3000), metadata: { page: 1 }, embedding: [1, 2, 3], getContent: () => "" };

describe("viewOf", () => {
  it("shows a node without its embedding, and only the beginning of a long text", () => {
    expect(viewOf(node)).toEqual({ id: "n1", text: `${"t".repeat(2000)}…`, metadata: { page: 1 } });
    expect(viewOf({ node, score: 0.5 })).toMatchObject({ id: "n1", score: 0.5 });
  });

  it("shows an engine's answer as its text and the nodes it stands on", () => {
    const answer = { message: { role: "assistant", content: "yes" }, raw: { huge: true }, sourceNodes: [{ node }] };
    expect(viewOf(answer)).toMatchObject({ response: "yes", source_nodes: [{ id: "n1" }] });
    expect(viewOf({ ...answer, sourceNodes: undefined })).toBe("yes");
  });

  it("names what does work: models hold keys", () => {
    class OpenAI {
      apiKey = "sk-secret";
      metadata = { model: "gpt" };
      chat() {}
      complete() {}
    }
    expect(viewOf(new OpenAI())).toBe("[OpenAI]");
    expect(viewOf({ metadata: { name: "weather" }, call: () => 1 })).toEqual({ tool: "weather" });
  });

  it("leaves everything else as it is", () => {
    expect(viewOf({ any: "thing" })).toBeUndefined();
    expect(viewOf([])).toBeUndefined();
  });
});
