import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracing, type Tracing } from "../tracing.ts";

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly key: string | string[] | undefined;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly retryAfter?: string;
}

let received: Received[];
let answers: Answer[];
/** Where no answer is told. */
let answerBy: (body: unknown) => Answer;
let server: http.Server;
let tracing: Tracing;
let told: string[];

beforeEach(async () => {
  [received, answers, told] = [[], [], []];
  answerBy = () => ({ status: 200, body: '{"status":"success","feedback_ids":["f1","f2"]}' });
  server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { method, url: path, headers } = request;
      if (path?.startsWith("/v1/feedback") === true) {
        const body: unknown = JSON.parse(text);
        received.push({ method, path, key: headers["x-portkey-api-key"], body });
        const answer = answers.shift() ?? answerBy(body);
        if (answer.body === "never comes") return;
        if (answer.body === "breaks off") {
          response.writeHead(answer.status, { "content-length": "100" }).write('{"feedback_ids":["f1"');
          response.socket?.destroySoon();
        } else {
          const asked = answer.retryAfter === undefined ? {} : { "retry-after": answer.retryAfter };
          response.writeHead(answer.status, asked).end(answer.body ?? "");
        }
      } else response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  tracing = createTracing({
    apiKey: "pk",
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    retry: { minDelayMs: 1, maxDelayMs: 5, deadlineMs: 2_000 },
    onDiagnostic: ({ message }) => void told.push(message),
  });
});
afterEach(async () => {
  await tracing.shutdown();
  await new Promise((resolve) => server.close(resolve));
});

describe("feedback", () => {
  it("is posted as Portkey's API has it, and gives the server's ids", async () => {
    const result = await tracing.feedback({ traceId: "t", value: -1, weight: 0.5, metadata: { _user: "u" } });
    expect(result).toEqual({ status: "accepted", ids: ["f1", "f2"] });
    const body = { trace_id: "t", value: -1, weight: 0.5, metadata: { _user: "u" } };
    expect(received).toEqual([{ method: "POST", path: "/v1/feedback", key: "pk", body }]);
  });

  it("is given to a trace by the id under which its spans are sent", async () => {
    await tracing.feedback({ traceId: "https://user:v-1@host/", value: 1 });
    await tracing.feedback({ traceId: "t".repeat(600), value: 1 });
    expect(received[0]?.body).toMatchObject({ trace_id: "https://[redacted]@host/" });
    expect(received[1]?.body).toMatchObject({ trace_id: "t".repeat(512) });
  });

  it("is posted as a list where there are several", async () => {
    await tracing.feedback([
      { traceId: "a", value: 10 },
      { traceId: "b", value: -10 },
    ]);
    expect(received[0]?.body).toEqual([
      { trace_id: "a", value: 10, weight: 1 },
      { trace_id: "b", value: -10, weight: 1 },
    ]);
    expect(await tracing.feedback([])).toEqual({ status: "accepted", ids: [] });
    expect(received).toHaveLength(1);
  });

  it("is changed by its id", async () => {
    await tracing.updateFeedback("id/7", { value: 3 });
    expect(received[0]).toMatchObject({ method: "PUT", path: "/v1/feedback/id%2F7", body: { value: 3, weight: 1 } });
  });

  it.each([".", "..", "", "\ud800", "x".repeat(513)])("is changed by an id that is one: %j is none", async (id) => {
    expect(await tracing.updateFeedback(id, { value: 3 })).toMatchObject({ status: "refused", reason: "invalid" });
    expect(received).toEqual([]);
  });

  it("is about the trace around it, else the one that ended last", async () => {
    await tracing.withTrace({ traceId: "around" }, () => tracing.feedback({ value: 1 }));
    await tracing.feedback({ value: 2 });
    tracing.withTrace({ traceId: "later" }, () => undefined);
    await tracing.feedback({ value: 3 });
    expect(received.map(({ body }) => (body as { trace_id: string }).trace_id)).toEqual(["around", "around", "later"]);
  });

  it("is repeated like spans are, and waited for by flush", async () => {
    answers = [{ status: 503 }, { status: 429 }];
    const given = tracing.feedback({ traceId: "t", value: 1 });
    await tracing.flush();
    expect(received).toHaveLength(3);
    expect(await given).toMatchObject({ status: "accepted" });
  });

  it("that the server took is not repeated when its answer breaks off", async () => {
    answers = [{ status: 200, body: "breaks off" }];
    expect(await tracing.feedback({ traceId: "t", value: 1 })).toEqual({ status: "accepted", ids: [] });
    expect(received).toHaveLength(1);
  });

  it("goes over one connection, in order, the next one once the last was answered", async () => {
    let connections = 0;
    server.on("connection", () => {
      connections += 1;
    });
    answers = [{ status: 500 }, { status: 200 }, { status: 503 }];
    const values = [1, 2, 3, 4, 5];
    const given = await Promise.all(values.map((value) => tracing.updateFeedback("f1", { value })));
    expect(given.map(({ status }) => status)).toEqual(values.map(() => "accepted"));
    expect(received.map(({ body }) => (body as { value: number }).value)).toEqual([1, 1, 2, 2, 3, 4, 5]);
    expect(connections).toBe(1);
  });

  it("waits within bounds: what goes beyond them is refused, and all of it counted", async () => {
    answers = [{ status: 200, body: "never comes" }];
    const given = Array.from({ length: 10_010 }, () => tracing.feedback({ traceId: "t", value: 1 }));
    const large = { traceId: "t", value: 1, metadata: { note: "x".repeat(1_000_000) } };
    const list = await tracing.feedback([large, large]);
    expect(list).toMatchObject({ status: "refused", reason: "too_large" });
    expect(await given.at(-1)).toMatchObject({ status: "refused", reason: "queue_overflow" });
    await expect.poll(() => received).toHaveLength(1);
    const { feedback } = await tracing.shutdown({ timeoutMs: 0 });
    const results = await Promise.all(given);
    const reasons = results.map((result) => (result.status === "refused" ? result.reason : result.status));
    expect(reasons.filter((reason) => reason === "shutdown")).toHaveLength(10_000);
    expect(reasons.filter((reason) => reason === "queue_overflow")).toHaveLength(10);
    const droppedByReason = { shutdown: 10_000, queue_overflow: 10, too_large: 1 };
    expect(feedback).toEqual({ recorded: 10_011, sent: 0, dropped: 10_011, pending: 0, recovered: 0, droppedByReason });
  });

  it("that waits for a server which refuses the key says so at once, waits on, and is unauthorized in the end", async () => {
    answers = Array.from({ length: 9 }, () => ({ status: 401, body: '{"message":"bad key pk"}' }));
    for (const value of [1, 2]) {
      const result = await tracing.feedback({ traceId: "t", value });
      expect(result).toEqual({
        status: "pending",
        message: "HTTP 401: bad key [redacted]; it waits, and is tried again",
      });
    }
    expect(received).toHaveLength(1);
    expect((await tracing.flush()).feedback).toMatchObject({ recorded: 2, sent: 0, pending: 2 });
    expect((await tracing.shutdown()).feedback).toMatchObject({ pending: 0, droppedByReason: { unauthorized: 2 } });
    expect(told).toEqual([expect.stringMatching(/refused the API key/)]);
  });

  it("that is asked to wait for longer than there is time waits on, and is sent then", async () => {
    answers = [{ status: 429, retryAfter: "3" }];
    const result = await tracing.feedback({ traceId: "t", value: 1 });
    expect(result).toMatchObject({ status: "pending" });
    expect(tracing.stats().feedback).toMatchObject({ recorded: 1, pending: 1, dropped: 0 });
    await expect.poll(() => tracing.stats().feedback).toMatchObject({ sent: 1, pending: 0 });
    expect(received).toHaveLength(2);
  });

  it("on which the server fails holds up no other", async () => {
    answerBy = (body) => ({ status: (body as { trace_id: string }).trace_id === "bad" ? 500 : 200 });
    const given = ["bad", "t", "t"].map((traceId) => tracing.feedback({ traceId, value: 1 }));
    expect(await given[1]).toMatchObject({ status: "accepted" });
    expect(await given[2]).toMatchObject({ status: "accepted" });
    expect(tracing.stats().feedback).toMatchObject({ sent: 2, dropped: 0, pending: 1 });
  });

  it("that the server refuses says so, and is not repeated", async () => {
    answers = [{ status: 400, body: '{"message":"no such trace"}' }];
    const result = await tracing.feedback({ traceId: "t", value: 1 });
    expect(result).toMatchObject({ status: "refused", reason: "rejected" });
    expect(received).toHaveLength(1);
    expect(told).toEqual([expect.stringMatching(/refused feedback \(HTTP 400: no such trace\)$/)]);
  });

  it("that waits when the client is shut down says so", async () => {
    answers = Array.from({ length: 50 }, () => ({ status: 503 }));
    const given = tracing.feedback({ traceId: "t", value: 1 });
    await tracing.shutdown({ timeoutMs: 20 });
    expect(await given).toMatchObject({ status: "refused", reason: "shutdown" });
  });

  it("keeps secrets out of metadata, and passes the redactors", async () => {
    const strict = createTracing({
      apiKey: "pk",
      baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      redact: (value, field) => (field === "metadata" ? { ...(value as object), note: "redacted" } : value),
    });
    await strict.feedback({ traceId: "t", value: 1, metadata: { api_key: "sk-secret-of-somebody", note: "private" } });
    expect(JSON.stringify(received)).not.toMatch(/sk-secret|private/);
    await strict.shutdown();
  });

  it("goes without metadata where a redactor fails, or leaves no object of it", async () => {
    const redactors = [
      () => {
        throw new Error("no");
      },
      () => "no object",
    ];
    for (const redact of redactors) {
      const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const careful = createTracing({ apiKey: "pk", baseURL, redact, onDiagnostic: () => undefined });
      const given = { traceId: "t", value: 1, metadata: { note: "private" } };
      expect(await careful.feedback(given)).toMatchObject({ status: "accepted" });
      await careful.shutdown();
    }
    const body = { trace_id: "t", value: 1, weight: 1 };
    expect(received.map((request) => request.body)).toEqual([body, body]);
  });

  it("that throws when it is read harms nobody", async () => {
    const hostile = {
      get value(): never {
        throw new Error("no value");
      },
    };
    expect(await tracing.feedback(hostile)).toMatchObject({ status: "refused", reason: "invalid" });
    expect(await tracing.updateFeedback(undefined as never, null as never)).toMatchObject({ reason: "invalid" });
  });

  it("is refused where tracing is off", async () => {
    const off = createTracing({ enabled: false });
    expect(await off.feedback({ traceId: "t", value: 1 })).toMatchObject({ status: "refused", reason: "disabled" });
  });
});
