import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isConfigError } from "../config-error.ts";
import { createTracing, type Tracing } from "../tracing.ts";
import type { Transport } from "../transport/transport.ts";
import { type FileSpoolOptions, fileSpool } from "./file-spool.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const accepting: Transport = { send: async () => ({ kind: "accepted" }) };
const down: Transport = { send: async () => ({ kind: "retryable", message: "down" }) };

function client(apiKey: string, transport: Transport, options: Partial<FileSpoolOptions> = {}): Tracing {
  const spool = fileSpool({ directory, ...options });
  return createTracing({ apiKey, transport, spool, retry: { deadlineMs: 0 }, onDiagnostic: () => undefined });
}

describe("options", () => {
  it.each([
    ["directory", { directory: "" }],
    ["maxBytes", { maxBytes: 10 }],
    ["maxBytes", { maxBytes: 1e6 + 0.5 }],
    ["durability", { durability: "disk" as "os" }],
    ["account", { account: "" }],
  ])("refuse a wrong %s when the spool is made", (option, wrong) => {
    let thrown: unknown;
    try {
      fileSpool({ directory, ...wrong });
    } catch (error) {
      thrown = error;
    }
    expect(isConfigError(thrown) && thrown.option).toBe(`fileSpool.${option}`);
  });

  it.each([
    ["directory", []],
    ["directory", [undefined]],
    ["directory", ["/tmp/spool"]],
    ["maxByte", [{ directory: "/tmp/spool", maxByte: 1 }]],
    ["maxByte", [{ maxByte: 1 }]],
  ])("name %s when fileSpool is called with %j", (option, args) => {
    let thrown: unknown;
    try {
      Reflect.apply(fileSpool, undefined, args);
    } catch (error) {
      thrown = error;
    }
    expect(isConfigError(thrown) && thrown.option).toBe(`fileSpool.${option}`);
  });

  it("refuse what is no spool", () => {
    expect(() => createTracing({ spool: { directory } as never })).toThrow(/fileSpool\(\)/);
  });
});

describe("a client with a spool", () => {
  it("leaves to the next one what it could not send, and says in its books that it waits", async () => {
    const first = client("key", down);
    first.span("work", () => 42);
    expect(await first.shutdown({ timeoutMs: 100 })).toMatchObject({ recorded: 1, dropped: 0, pending: 1 });
    const next = client("key", accepting);
    expect(next.stats()).toMatchObject({ recorded: 1, recovered: 1, pending: 1 });
    expect(await next.flush()).toMatchObject({ recorded: 1, sent: 1, pending: 0 });
    await next.shutdown();
  });

  it("sends nothing of another key, unless both name the same account", async () => {
    const first = client("old-key", down);
    first.span("work", () => 42);
    await first.shutdown({ timeoutMs: 100 });
    expect(client("new-key", accepting).stats().recovered).toBe(0);

    const named = client("old-key", down, { account: "prod" });
    named.span("work", () => 42);
    await named.shutdown({ timeoutMs: 100 });
    expect(client("new-key", accepting, { account: "prod" }).stats().recovered).toBe(1);
  });

  it("takes no span that is larger than a quarter of the directory, counts it and tells", async () => {
    const told: string[] = [];
    const onDiagnostic = ({ message }: { message: string }): void => void told.push(message);
    const spool = fileSpool({ directory, maxBytes: 65_536 });
    const tracing = createTracing({ apiKey: "key", transport: accepting, spool, onDiagnostic });
    tracing.span("large", () => "x".repeat(16_384));
    tracing.span("small", () => "x".repeat(10_000));
    expect(await tracing.shutdown()).toMatchObject({ sent: 1, dropped: 1, droppedByReason: { too_large: 1 } });
    expect(told).toEqual([expect.stringContaining("(16384)")]);
  });

  it("touches nothing while it is off", () => {
    const spool = { open: () => expect.fail("opened") };
    expect(createTracing({ enabled: false, spool }).stats().recovered).toBe(0);
  });
});
