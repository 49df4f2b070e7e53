// Follows a gateway that never ends its answer, closes the collector, and has nothing more to do.
import { startCollector } from "@portkey-tracing/collector";

const collector = await startCollector({ followGateway: process.env.GATEWAY, quiet: true });
await (await fetch(new URL("/connected", process.env.GATEWAY))).text();
await collector.close();
process.stdout.write("closed");
