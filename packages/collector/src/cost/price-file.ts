import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError } from "../config-error.ts";

/** Prices of one model in US dollars for a million tokens. */
export interface OwnPrice {
  readonly input: number;
  /** As `input` unless told. */
  readonly cachedInput?: number | undefined;
  /** Nothing unless told. */
  readonly output?: number | undefined;
}

/** The user's own prices. */
export interface PriceFile {
  /** The entry `provider/model`, else `model`, else the longest that ends in `*` and begins like one of them. */
  find(model: string, provider?: string): { readonly name: string; readonly price: OwnPrice } | undefined;
}

const Dollars = z.number().min(0);
const Prices = z.record(
  z.string(),
  z.strictObject({ input: Dollars, cachedInput: Dollars.optional(), output: Dollars.optional() }),
);

const EXAMPLE = `{ "my-model": { "input": 0.1, "cachedInput": 0.05, "output": 0.4 } }, dollars for a million tokens`;

/**
 * Reads a price file: `{ "my-model": { "input": 0.1, "cachedInput": 0.05, "output": 0.4 } }`.
 * @throws ConfigError where it cannot be read, or is something else
 */
export function readPriceFile(path: string): PriceFile {
  let value: unknown;
  try {
    // Editors of Windows begin files with a mark.
    value = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new ConfigError("prices", `${path} cannot be read: ${error instanceof Error ? error.message : "no JSON"}`);
  }
  const { data, error } = Prices.safeParse(value);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) {
    const place = [path, ...issue.path.map(String)].join(": ");
    throw new ConfigError("prices", `${place}: ${issue.message}. A price file is like ${EXAMPLE}`);
  }
  return toPriceFile(data ?? {});
}

/** Prices by name as a {@link PriceFile}. */
export function toPriceFile(prices: Readonly<Record<string, OwnPrice>>): PriceFile {
  const exact = new Map(Object.entries(prices));
  const patterns = [...exact.keys()].filter((name) => name.endsWith("*")).toSorted((a, b) => b.length - a.length);
  return {
    find: (model, provider) => {
      const names = provider === undefined ? [model] : [`${provider}/${model}`, model];
      const isMeant = (pattern: string): boolean => names.some((name) => name.startsWith(pattern.slice(0, -1)));
      const name = names.find((one) => exact.has(one)) ?? patterns.find(isMeant);
      const price = name === undefined ? undefined : exact.get(name);
      return name === undefined || price === undefined ? undefined : { name, price };
    },
  };
}
