// The ESM and the CJS copy of the package in one process: one tree.
const { createTracing: createHere } = require("@portkey-tracing/core");

async function main() {
  const { createTracing: createThere } = await import("@portkey-tracing/core");
  if (createHere === createThere) throw new Error("expected two copies");
  const tracing = createHere({ baseURL: process.env.SINK });
  createThere({ baseURL: process.env.SINK });
  await tracing.withTrace({ name: "outer" }, async () => tracing.span("inner", () => 1));
  console.log(JSON.stringify(await tracing.flush()));
}
void main();
