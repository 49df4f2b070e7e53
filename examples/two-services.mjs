// One tree across two services: the headers of a request carry the trace on.
import { createServer } from "node:http";
import { createTracing } from "@portkey-tracing/core";

const warehouse = createTracing({ metadata: { service: "warehouse" } });
const server = createServer((request, response) => {
  warehouse.withTrace({ name: "GET /stock", headers: request.headers }, () => {
    const stock = warehouse.span("count", () => 7);
    response.end(String(stock));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const shop = createTracing({ metadata: { service: "shop" } });
const address = `http://127.0.0.1:${server.address().port}/stock`;
const stock = await shop.withTrace({ name: "order", traceId: "order-1042" }, async () => {
  const response = await fetch(address, { headers: shop.headers() });
  return response.text();
});

console.log(`${stock} lamps are left.`);
server.close();
await Promise.all([shop.shutdown(), warehouse.shutdown()]);
