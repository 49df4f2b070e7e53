/** An answer, and the version it has. */
export interface Answer<T> {
  readonly body: T;
  readonly version: string | undefined;
}

/** The collector answered, and it is no success. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * JSON of an address of the collector; `undefined` while `version` still holds. Rejects with a `Refusal`, or with a
 * `TypeError` where there is no answer.
 */
export async function getJson<T>(
  address: string,
  options: { version?: string | undefined; signal?: AbortSignal } = {},
): Promise<Answer<T> | undefined> {
  const { version, signal } = options;
  const headers: Record<string, string> = version === undefined ? {} : { "if-none-match": version };
  const answer = await fetch(address, { headers, cache: "no-store", ...(signal === undefined ? {} : { signal }) });
  if (answer.status === 304) return undefined;
  const body = await readBody(answer);
  return { body: body as T, version: answer.headers.get("etag") ?? undefined };
}

/** Sends JSON. */
export async function sendJson(method: "POST" | "PUT", address: string, value: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  await readBody(await fetch(address, { method, headers, body: JSON.stringify(value) }));
}

async function readBody(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new Refusal(answer.status, messageOf(body) ?? `the collector answered ${answer.status}`);
  return body;
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("message" in body)) return undefined;
  return typeof body.message === "string" ? body.message : undefined;
}
