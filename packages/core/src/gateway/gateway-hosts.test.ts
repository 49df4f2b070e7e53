import { describe, expect, it } from "vitest";
import { createGatewayHosts, type GatewayRules } from "./gateway-hosts.ts";

const hosts = (rules: Partial<GatewayRules> = {}): ReturnType<typeof createGatewayHosts> =>
  createGatewayHosts({
    baseURL: "http://127.0.0.1:4000/v1",
    gateways: [],
    gatewayLogs: "auto",
    sendsToBaseURL: true,
    ...rules,
  });

const bare = (): undefined => undefined;
const configured = (name: string): string | undefined => (name === "x-portkey-provider" ? "openai" : undefined);

describe("a request goes to a gateway", () => {
  it.each([
    ["Portkey's", "https://api.portkey.ai/v1/chat/completions"],
    ["one of Portkey's other hosts", "https://aigw.portkey.ai/v1/chat/completions"],
  ])("when its host is %s", (_name, url) => {
    expect(hosts().isGateway(new URL(url), bare)).toBe(true);
  });

  it("when its address is listed, or traces are sent there", () => {
    const url = new URL("https://gateway.example.com/v1/chat/completions");
    expect(hosts({ gateways: ["https://gateway.example.com/v1"] }).isGateway(url, bare)).toBe(true);
    expect(hosts({ baseURL: "https://gateway.example.com/v1" }).isGateway(url, bare)).toBe(true);
    expect(hosts().isGateway(url, bare)).toBe(false);
  });

  it("when it carries what only a gateway has a use for", () => {
    const url = new URL("http://127.0.0.1:8787/v1/chat/completions");
    expect(hosts().isGateway(url, configured)).toBe(true);
    expect(hosts().isGateway(url, bare)).toBe(false);
  });

  it.each([
    "https://api.openai.com/v1/chat/completions",
    "https://api.anthropic.com/v1/messages",
    "https://mine.openai.azure.com/openai/deployments/x",
    "https://generativelanguage.googleapis.com/v1beta/models/gemini:generateContent",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse",
  ])("never when its host is a provider's: %s", (url) => {
    expect(hosts().isGateway(new URL(url), configured)).toBe(false);
  });

  it.each(["https://portkey.ai.evil.example/v1", "https://notportkey.ai/v1"])(
    "not when it only looks so: %s",
    (url) => {
      expect(hosts().isGateway(new URL(url), bare)).toBe(false);
    },
  );
});

describe("a gateway keeps logs where our records go", () => {
  const portkey = new URL("https://api.portkey.ai/v1/chat/completions");
  const local = new URL("http://127.0.0.1:8787/v1/chat/completions");

  it("when both are Portkey's", () => {
    expect(hosts({ baseURL: "https://api.portkey.ai/v1" }).keepsLogs(portkey)).toBe(true);
    expect(hosts({ baseURL: "https://api.portkey.ai/v1" }).keepsLogs(local)).toBe(false);
    expect(hosts().keepsLogs(portkey)).toBe(false);
    expect(hosts({ baseURL: "https://api.portkey.ai/v1", sendsToBaseURL: false }).keepsLogs(portkey)).toBe(false);
  });

  it("or as the program says", () => {
    expect(hosts({ gatewayLogs: "joined" }).keepsLogs(local)).toBe(true);
    expect(hosts({ gatewayLogs: "wrapper" }).keepsLogs(local)).toBe(true);
    expect(hosts({ baseURL: "https://api.portkey.ai/v1", gatewayLogs: "none" }).keepsLogs(portkey)).toBe(false);
  });
});
