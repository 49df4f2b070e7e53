/** Id of a log: its trace id and its span id, each encoded like a part of a URL, with a colon between them. */
export function toLogId(traceId: string, spanId: string): string {
  return `${encodeURIComponent(traceId.toWellFormed())}:${encodeURIComponent(spanId.toWellFormed())}`;
}

/** What the id of a log stands for; `undefined` where the text is none. */
export function fromLogId(id: string): { readonly traceId: string; readonly spanId: string } | undefined {
  const [traceId, spanId, ...rest] = id.split(":");
  if (traceId === undefined || spanId === undefined || rest.length > 0) return undefined;
  try {
    return { traceId: decodeURIComponent(traceId), spanId: decodeURIComponent(spanId) };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
