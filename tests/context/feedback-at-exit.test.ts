import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";

let server: http.Server;
let received: string[];
/** Statuses of the next answers; none: no answer ever. */
let answers: number[];
let baseURL: string;

beforeEach(async () => {
  received = [];
  server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      received.push(`${request.method ?? ""} ${request.url ?? ""} ${text}`);
      const status = answers.shift();
      if (status !== undefined) response.writeHead(status).end('{"feedback_ids":["f"]}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const FEEDBACK = 'POST /v1/feedback {"trace_id":"t","value":-1,"weight":1}';

describe("feedback of a program that ends by itself, and did not wait for it", () => {
  it("is delivered", async () => {
    answers = [200];
    expect(await runProgram("feedback-at-exit.mjs", { SINK: baseURL })).toMatchObject({ code: 0, stdout: "done" });
    expect(received).toEqual([FEEDBACK]);
  });

  it("is delivered by the second attempt", async () => {
    answers = [503, 200];
    expect(await runProgram("feedback-at-exit.mjs", { SINK: baseURL })).toMatchObject({ code: 0 });
    expect(received).toEqual([FEEDBACK, FEEDBACK]);
  });

  it("is delivered, and what the program does once it was taken, without a word of anything lost", async () => {
    answers = [200, 200, 200];
    const run = await runProgram("feedback-changed-at-exit.mjs", { SINK: baseURL });
    expect(run).toMatchObject({ code: 0, stdout: "accepted accepted", stderr: "" });
    const change = 'PUT /v1/feedback/f {"value":2,"weight":1}';
    expect(received).toEqual([FEEDBACK, change, expect.stringMatching("POST /v1/logs .*last words")]);
  });

  it("does not hold it where the server says nothing", async () => {
    answers = [];
    expect(await runProgram("feedback-at-exit.mjs", { SINK: baseURL })).toMatchObject({ code: 0, stdout: "done" });
    expect(received).toEqual([FEEDBACK]);
  });
});
