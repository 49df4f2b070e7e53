import { isLoopback } from "../loopback.ts";

/**
 * Who posts a call of a model that went through a Portkey gateway.
 * - `none`: the gateway keeps no logs, as the open-source one does; the span of the call is posted, with its tokens.
 * - `joined`: the gateway's log is the span of the call, under the ids that the request carried; nothing else is posted.
 * - `wrapper`: the gateway's log hangs below the span of the call, which is posted without model and tokens.
 * - `auto`: `joined` for `*.portkey.ai` where spans are sent there too, else `none`.
 */
export type GatewayLogs = "auto" | "none" | "joined" | "wrapper";

/** How a request is recognised as one to a Portkey gateway, and what becomes of its logs. */
export interface GatewayRules {
  readonly baseURL: string;
  /** Addresses of gateways, beside those that are known. */
  readonly gateways: readonly string[];
  readonly gatewayLogs: GatewayLogs;
  /** Records go to `baseURL`, and not elsewhere by a transport of the user's own. */
  readonly sendsToBaseURL: boolean;
}

/** What only a gateway has a use for. */
const CONFIGURING = [
  "x-portkey-config",
  "x-portkey-provider",
  "x-portkey-virtual-key",
  "x-portkey-api-key",
  "x-portkey-custom-host",
];

/** Addresses of providers, at which no gateway stands. */
const PROVIDERS =
  /(^|\.)(openai\.com|anthropic\.com|googleapis\.com|openai\.azure\.com|cognitiveservices\.azure\.com|mistral\.ai|groq\.com|cohere\.(ai|com)|deepseek\.com|x\.ai|perplexity\.ai|together\.(ai|xyz)|fireworks\.ai|openrouter\.ai)$|^bedrock[\w-]*\./;

const MAX_REMEMBERED = 256;
const answers = new Map<string, boolean>();

/** True for the address of a provider itself. Remembered: a program has few, and parsing one costs more than the rest. */
export function isProvider(address: string): boolean {
  const known = answers.get(address);
  if (known !== undefined) return known;
  const answer = URL.canParse(address) && PROVIDERS.test(new URL(address).hostname);
  if (answers.size < MAX_REMEMBERED) answers.set(address, answer);
  return answer;
}

export interface GatewayHosts {
  /** True for an address of a gateway, whatever a request says. */
  isKnown(url: URL): boolean;
  /** True for a request that goes to a gateway, as far as that can be known. */
  isGateway(url: URL, header: (name: string) => string | undefined): boolean;
  /** True where the gateway keeps logs in the place to which our records go. */
  keepsLogs(url: URL): boolean;
}

export function createGatewayHosts(rules: GatewayRules): GatewayHosts {
  const base = new URL(rules.baseURL);
  const listed = new Set(rules.gateways.map((address) => new URL(address).origin));
  if (!isLoopback(base)) listed.add(base.origin);
  const isPortkeys = rules.sendsToBaseURL && isPortkey(base);
  const isKnown = (url: URL): boolean => listed.has(url.origin) || isPortkey(url);
  return {
    isKnown,
    isGateway(url, header) {
      if (isKnown(url)) return true;
      return !PROVIDERS.test(url.hostname) && CONFIGURING.some((name) => header(name) !== undefined);
    },
    keepsLogs(url) {
      if (rules.gatewayLogs !== "auto") return rules.gatewayLogs !== "none";
      return isPortkeys && isPortkey(url);
    },
  };
}

function isPortkey(url: URL): boolean {
  return url.hostname === "portkey.ai" || url.hostname.endsWith(".portkey.ai");
}
