// Listens, but takes no connection: its queue of them is full, and the thread stands still. A further connect hangs.
import { writeSync } from "node:fs";
import { connect, createServer } from "node:net";

const server = createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  const { port } = server.address();
  for (let i = 0; i < 4; i++) connect(port, "127.0.0.1").on("error", () => undefined);
  // After the ticks in which these connect, and before any is taken.
  process.nextTick(() => {
    writeSync(1, `${port}\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
});
