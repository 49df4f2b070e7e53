import { startCollector } from "@portkey-tracing/collector";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { ChatOpenAI } from "../../fixtures/gateway/libs.ts";

let models: ModelServer;
beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());

it("a thumbs-down, and its change, arrive at the collector with the trace that they are about", async () => {
  const collector = await startCollector({ quiet: true });
  const handler = new LangchainCallbackHandler({ baseURL: collector.baseURL });
  const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", configuration: { baseURL: models.baseURL } });
  await model.invoke("hello", { callbacks: [handler] });
  const given = await handler.feedback({ value: -1, metadata: { _user: "ada" } });
  expect(given).toMatchObject({ status: "accepted" });
  const [id = ""] = given.status === "accepted" ? given.ids : [];
  expect(await handler.tracing.updateFeedback(id, { value: 1, weight: 0.5 })).toMatchObject({ status: "accepted" });
  await handler.flush();

  const list = (await (await fetch(`${collector.url}/api/traces`)).json()) as { traces: { traceId: string }[] };
  expect(list.traces).toHaveLength(1);
  const trace = await (await fetch(`${collector.url}/api/traces/${list.traces[0]?.traceId ?? ""}`)).text();
  expect(JSON.parse(trace)).toMatchObject({ feedback: [{ id, value: 1, weight: 0.5 }] });
  await handler.shutdown();
  await collector.close();
});

it("several at once arrive as several", async () => {
  const collector = await startCollector({ quiet: true });
  const tracing = createTracing({ baseURL: collector.baseURL });
  for (const traceId of ["a", "b"]) tracing.withTrace({ traceId }, () => undefined);
  const given = await tracing.feedback([
    { traceId: "a", value: 5 },
    { traceId: "b", value: -5 },
  ]);
  expect(given).toMatchObject({ status: "accepted", ids: [expect.any(String), expect.any(String)] });
  await tracing.shutdown();
  await collector.close();
});
