import { Hono } from "hono";
import { expect, it } from "vitest";
import { answerInPieces } from "./in-pieces.ts";

/** More than what is sent as one. */
const PIECE = Buffer.alloc(300_000, "x");

it.each(["a piece that comes", "a failure that comes"])("%s when the client has gone is nobody's", async (what) => {
  const said: unknown[] = [];
  let go: () => void = () => undefined;
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield PIECE;
    await new Promise<void>((resolve) => {
      go = resolve;
      asked();
    });
    if (what === "a failure that comes") throw new Error("no more");
    yield PIECE;
  }
  const app = new Hono().get("/", (context) => answerInPieces(context, pieces(), (error) => said.push(error)));
  const reader = (await app.request("/")).body?.getReader();
  await reader?.read();
  const second = reader?.read();
  await isAsked;
  const left = reader?.cancel();
  go();
  await Promise.allSettled([left, second]);
  expect(said).toEqual([]);
});
