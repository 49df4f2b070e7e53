import { describe, expect, it } from "vitest";
import { resolveOptions } from "../resolve-options.ts";

describe("options of gateways", () => {
  it("have defaults that name no gateway, and add headers", () => {
    const { options } = resolveOptions({}, {});
    expect(options).toMatchObject({ traceHeaders: true, gateways: [], gatewayLogs: "auto", openTelemetry: false });
  });

  it("are read from the environment", () => {
    const { options, warnings } = resolveOptions(
      {},
      {
        PORTKEY_TRACING_HEADERS: "off",
        PORTKEY_TRACING_GATEWAYS: "https://one.example.com/v1, http://127.0.0.1:8787/v1",
        PORTKEY_TRACING_GATEWAY_LOGS: "wrapper",
        PORTKEY_TRACING_OPENTELEMETRY: "1",
      },
    );
    expect(warnings).toEqual([]);
    expect(options).toMatchObject({
      traceHeaders: false,
      gateways: ["https://one.example.com/v1", "http://127.0.0.1:8787/v1"],
      gatewayLogs: "wrapper",
      openTelemetry: true,
    });
  });

  it.each<[string, object]>([
    ["gateways", { gateways: "https://one.example.com" }],
    ["gateways", { gateways: ["one.example.com"] }],
    ["gatewayLogs", { gatewayLogs: "both" }],
    ["traceHeaders", { traceHeaders: "no" }],
  ])("that are wrong throw, and name the option: %s", (name, options) => {
    expect(() => resolveOptions(options as never, {})).toThrow(name);
  });

  it("that are wrong in the environment warn, and the default holds", () => {
    const { options, warnings } = resolveOptions({}, { PORTKEY_TRACING_GATEWAY_LOGS: "both" });
    expect(options.gatewayLogs).toBe("auto");
    expect(warnings).toEqual([
      "PORTKEY_TRACING_GATEWAY_LOGS (option gatewayLogs) must be auto, none, joined or wrapper; the default auto holds",
    ]);
  });
});
