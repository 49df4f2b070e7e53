const PERIOD_MS = 2_000;

/**
 * Calls `refresh` now, and again every two seconds while the page is looked at. When the collector does not answer, says
 * so, and goes on trying.
 */
export function keepFresh(refresh) {
  const step = () => {
    const refreshed = document.hidden ? Promise.resolve() : attempt(refresh);
    void refreshed.finally(() => setTimeout(step, PERIOD_MS));
  };
  step();
}

/** JSON of an address of the collector. `undefined` when `version` still holds. */
export async function getJson(address, version) {
  const headers = version === undefined ? {} : { "if-none-match": version };
  const answer = await fetch(address, { headers, cache: "no-store" });
  if (answer.status === 304) return undefined;
  const body = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, body.message);
  return { body, version: answer.headers.get("etag") ?? undefined };
}

/** An answer of the collector that is no success. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Does what asks the collector; where that does not work out, says why. */
export async function attempt(refresh) {
  const notice = document.getElementById("notice");
  try {
    await refresh();
    notice.hidden = true;
  } catch (error) {
    const isAnswer = error instanceof Refusal;
    notice.textContent = isAnswer ? error.message : "The collector does not answer. Is portkey-traces still running?";
    notice.hidden = false;
    if (!isAnswer && !(error instanceof TypeError)) throw error;
  }
}
