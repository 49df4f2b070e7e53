import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FeedbackServer, startFeedbackServer } from "../../../../tests/support/feedback-server.ts";
import { encodeRecord } from "../feedback/feedback-record.ts";
import { createTracing, type Tracing } from "../tracing.ts";
import type { Transport } from "../transport/transport.ts";
import { type FileSpoolOptions, fileSpool } from "./file-spool.ts";
import { encodeFrame } from "./frame.ts";

let directory: string;
let server: FeedbackServer;
let open: Tracing[];
let told: string[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
  server = await startFeedbackServer();
  [open, told] = [[], []];
});
afterEach(async () => {
  await Promise.all(open.map((tracing) => tracing.shutdown({ timeoutMs: 0 })));
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const down: Transport = { send: async () => ({ kind: "retryable", message: "down" }) };

/** A client whose spans never arrive. */
function client(apiKey = "pk", options: Partial<FileSpoolOptions> = {}): Tracing {
  const tracing = createTracing({
    apiKey,
    baseURL: server.baseURL,
    transport: down,
    spool: fileSpool({ directory, ...options }),
    retry: { deadlineMs: 100, minDelayMs: 1, attemptTimeoutMs: 5_000 },
    onDiagnostic: ({ message }) => void told.push(message),
  });
  open.push(tracing);
  return tracing;
}

const files = (): string[] => readdirSync(join(directory, "feedback"));
const sent = (tracing: Tracing, count: number): Promise<void> =>
  expect.poll(() => tracing.stats().feedback).toMatchObject({ sent: count, pending: 0 });

describe("feedback with a spool", () => {
  it("is on disk when the call returns, and gone when the server has it", async () => {
    const tracing = client();
    const given = tracing.feedback({ traceId: "t", value: 1 });
    expect(files().filter((file) => file.endsWith(".spool1"))).toHaveLength(1);
    expect(await given).toEqual({ status: "accepted", ids: ["id-1"] });
    await expect.poll(files).toEqual([]);
  });

  it("waits on where the server cannot be reached: who gave it is told so, and not kept waiting any more", async () => {
    await server.stop();
    const tracing = client();
    const first = await tracing.feedback({ traceId: "t", value: 1 });
    expect(first).toMatchObject({ status: "pending", message: expect.stringMatching(/ECONNREFUSED.*; it waits/) });
    expect(await tracing.updateFeedback("f", { value: 2 })).toMatchObject({ status: "pending" });
    expect(tracing.stats().feedback).toMatchObject({ recorded: 2, sent: 0, dropped: 0, pending: 2 });
    await server.start();
    expect((await tracing.flush()).feedback).toMatchObject({ sent: 2, pending: 0 });
    expect(server.taken.map(({ method }) => method)).toEqual(["POST", "PUT"]);
    expect(await tracing.feedback({ traceId: "t", value: 3 })).toMatchObject({ status: "accepted" });
  });

  it("is not pushed out by spans, however many wait", async () => {
    await server.stop();
    const tracing = client("pk", { maxBytes: 65_536 });
    void tracing.feedback({ traceId: "t", value: 1 });
    for (let number = 0; number < 200; number++) tracing.span("s", () => "x".repeat(2_000));
    const { droppedByReason, feedback } = await tracing.shutdown({ timeoutMs: 0 });
    expect(droppedByReason).toEqual({ queue_overflow: expect.any(Number) });
    expect(feedback).toMatchObject({ recorded: 1, dropped: 0, pending: 1 });
    await server.start();
    await sent(client("pk", { maxBytes: 65_536 }), 1);
  });

  it("has bounds of its own: beyond them it is refused or the oldest goes, counted", async () => {
    await server.stop();
    const tracing = client("pk", { maxBytes: 65_536 });
    const metadata = { note: "x".repeat(4_000) };
    for (let number = 0; number < 40; number++) void tracing.feedback({ traceId: "t", value: 1, metadata });
    const large = { traceId: "t", value: 1, metadata: { note: "x".repeat(20_000) } };
    expect(await tracing.feedback(large)).toMatchObject({ status: "refused", reason: "too_large" });
    const { recorded, dropped, pending, droppedByReason } = tracing.stats().feedback;
    expect(recorded).toBe(41);
    expect(droppedByReason).toEqual({ queue_overflow: dropped - 1, too_large: 1 });
    expect(pending).toBeGreaterThan(5);
    expect(pending + dropped).toBe(41);
    await server.start();
  });

  it("goes out under no other key than the one it was given under, unless both name one account", async () => {
    await server.stop();
    const [first, second] = [client("pk-1"), client("pk-2", { account: "a" })];
    void first.feedback({ traceId: "t", value: 1 });
    void second.feedback({ traceId: "t", value: 2 });
    await Promise.all([first, second].map((tracing) => tracing.shutdown({ timeoutMs: 0 })));
    await server.start();
    await sent(client("pk-3", { account: "a" }), 1);
    expect(server.taken.map(({ body }) => body.value)).toEqual([2]);
    expect(told).toContainEqual(expect.stringMatching(/hold feedback for another API key/));
    await sent(client("pk-1"), 1);
    expect(server.taken.map(({ body }) => body.value)).toEqual([2, 1]);
  });

  it("asks for nothing but feedback, whatever stands in a file", async () => {
    await server.stop();
    const tracing = client();
    void tracing.feedback({ traceId: "t", value: 1 });
    await tracing.shutdown({ timeoutMs: 0 });
    const [file = ""] = files();
    const bad = [
      encodeRecord({ key: "k", id: "..", body: { value: 1 } }),
      encodeRecord({ key: "k", body: "text" }),
      Buffer.from("no json"),
      Buffer.from("null"),
    ];
    const frames = Buffer.concat(bad.map(encodeFrame));
    writeFileSync(join(directory, "feedback", file), frames, { flag: "a" });
    await server.start();
    const next = client();
    await expect.poll(() => next.stats().feedback.pending).toBe(0);
    expect(next.stats().feedback).toMatchObject({
      recorded: 5,
      recovered: 5,
      sent: 1,
      droppedByReason: { rejected: 4 },
    });
    expect(server.taken.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v1/feedback"]);
  });

  it("waits in memory where the disk takes nothing, which is told", async () => {
    writeFileSync(join(directory, "feedback"), "in the way");
    const tracing = client();
    expect(await tracing.feedback({ traceId: "t", value: 1 })).toMatchObject({ status: "accepted" });
    expect(told).toContainEqual(expect.stringMatching(/look for feedback of earlier processes .*ENOTDIR/));
  });
});
