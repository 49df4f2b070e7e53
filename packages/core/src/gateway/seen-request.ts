/** An HTTP request that is about to be made, however it was seen. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  /** Bytes of the body, where they are known. */
  readonly contentLength: number | undefined;
  /** The text of the body, where it can be had. */
  readonly body?: string | undefined;
  /** A header that the program set; names in lower case. */
  header(name: string): string | undefined;
  addHeader(name: string, value: string): void;
}

/** Told what becomes of a request. Exactly one of them, once. Neither throws. */
export interface RequestWatch {
  answered(status: number, header: (name: string) => string | undefined): void;
  failed(error: unknown): void;
}

/** Looks at requests that are about to be made. Never throws. */
export interface RequestObserver {
  starts(request: SeenRequest): RequestWatch | undefined;
}
