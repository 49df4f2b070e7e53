import type { Server } from "node:net";
import { createServer } from "node:net";

/** Below those that systems hand out by themselves, so that none of these is taken while nobody listens on it. */
const FIRST = 20_000;
const COUNT = 10_000;

/** Listens on a port of 127.0.0.1 that stays this test's own, also while its server is gone for a time. */
export async function listenOnOwnPort(server: Server): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await listens(server, port)) return port;
  }
}

/** Such a port, for a server that somebody else starts. */
export async function findOwnPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnOwnPort(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    server.once("error", fail).listen(port, "127.0.0.1", () => {
      server.off("error", fail);
      resolve(true);
    });
  });
}
