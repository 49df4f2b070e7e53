/** A question that the server knows, and the directives of its answer (see `model-server/plan.mjs`). */
export interface ModelRule {
  readonly when: RegExp;
  readonly script: string;
}

/** One request as it came. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The caller went before the answer was complete; `undefined` while it is under way. */
  readonly closedEarly: boolean | undefined;
}

export interface ModelServer {
  /** Address up to and including `/v1`. */
  readonly baseURL: string;
  readonly requests: readonly ModelRequest[];
  /** Lets the process end while the server stands. */
  unref(): void;
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. */
export function startModelServer(options?: {
  readonly port?: number;
  readonly rules?: readonly ModelRule[];
}): Promise<ModelServer>;
