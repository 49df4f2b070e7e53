import { z } from "zod";

/** What the gateway did with one target, all its retries together. */
export interface GatewayRecord {
  readonly createdAt: string;
  /** Milliseconds. */
  readonly executionTime: number;
  /** Path of the target: `config`, `config.targets[1]`. */
  readonly lastUsedOptionIndex: string;
  readonly hookSpanId: string;
  readonly providerOptions: {
    readonly provider?: string | undefined;
    readonly requestURL?: string | undefined;
    readonly retry?: { readonly attempts: number } | undefined;
  };
  /** What went to the provider: a header of ours is there if the program had the gateway forward it. */
  readonly transformedRequest?:
    | {
        readonly headers: {
          readonly "x-portkey-trace-id": string;
          readonly "x-portkey-span-id"?: string | undefined;
          readonly "x-portkey-parent-span-id"?: string | undefined;
        };
      }
    | undefined;
  readonly originalResponse?:
    | { readonly body: { readonly error: { readonly type?: unknown; readonly code?: unknown } } }
    | undefined;
}

/** One request that the gateway took, with a record for each target that it tried, in order. */
export interface GatewayEntry {
  readonly status: number;
  readonly requestOptions: readonly GatewayRecord[];
}

/*
 * What is read of an entry in the log of the open-source gateway (1.15.2). It holds far more, keys and contents among it:
 * what is not named here is not looked at.
 */
const RecordSchema: z.ZodType<GatewayRecord> = z.object({
  createdAt: z.iso.datetime(),
  executionTime: z.number().nonnegative().catch(0),
  lastUsedOptionIndex: z
    .string()
    .regex(/^config(\.targets\[\d{1,4}\]){0,16}$/)
    .catch("config"),
  hookSpanId: z.string().max(64).catch(""),
  providerOptions: z
    .object({
      provider: z
        .string()
        .regex(/^[\w-]{1,64}$/)
        .optional()
        .catch(undefined),
      requestURL: z.string().optional().catch(undefined),
      retry: z.object({ attempts: z.number() }).optional().catch(undefined),
    })
    .catch({}),
  transformedRequest: z
    .object({
      headers: z.object({
        "x-portkey-trace-id": z.string().min(1).max(512),
        "x-portkey-span-id": z.string().min(1).max(512).optional().catch(undefined),
        "x-portkey-parent-span-id": z.string().min(1).max(512).optional().catch(undefined),
      }),
    })
    .optional()
    .catch(undefined),
  originalResponse: z
    .object({
      body: z.object({ error: z.object({ type: z.unknown(), code: z.unknown() }).partial() }),
    })
    .optional()
    .catch(undefined),
});

const EntrySchema: z.ZodType<GatewayEntry> = z.object({
  status: z.int(),
  requestOptions: z.array(RecordSchema).min(1).max(1_000),
});

/** Reads an entry of the log; `undefined` for what is none. */
export function readEntry(text: string): GatewayEntry | undefined {
  try {
    return EntrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    // The stream of another server.
    return undefined;
  }
}
