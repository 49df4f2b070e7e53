import { createClock } from "./quantiles.mjs";

const HOUR_MS = 3_600_000;

const list = (query) => [`/api/traces?limit=50${query}`];

/** Questions by their names, each with its addresses: what is asked of a list is asked with every filter that there is. */
export function questionsOf(traceIds, firstMs) {
  const aDay = `from=${new Date(firstMs).toISOString()}&to=${new Date(firstMs + 24 * HOUR_MS).toISOString()}`;
  return {
    list: list(""),
    model: list("&model=model-4"),
    provider: list("&provider=openai"),
    user: list("&user=user-17"),
    session: list("&session=session-17"),
    tag: list("&tag=beta"),
    metadata: list("&metadata=plan%3Dpro"),
    "two facets": list("&model=model-4&user=user-17"),
    "no such tag": list("&tag=none"),
    failed: list("&status=error"),
    interrupted: list("&status=interrupted"),
    slow: list("&minDurationMs=2000"),
    "very slow": list("&minDurationMs=99500"),
    "in a range": list("&minDurationMs=20000&maxDurationMs=20010"),
    "slow, failed": list("&minDurationMs=90000&status=error"),
    "slow, a day": list(`&minDurationMs=99500&${aDay}`),
    "none as slow": list("&minDurationMs=3600000"),
    "a time": list(`&${aDay}`),
    liked: list("&feedback=positive"),
    disliked: list("&feedback=negative"),
    "any feedback": list("&feedback=any"),
    "no feedback": list("&feedback=none"),
    "a word": list("&text=word77"),
    "two words": list("&text=word77+word108"),
    "a beginning": list("&text=wo"),
    "a letter": list("&text=w"),
    "no such word": list("&text=zebra"),
    "a word, failed": list("&text=word77&status=error"),
    "a trace": traceIds.map((traceId) => `/api/traces/${traceId}`),
    "its rows": traceIds.map((traceId) => `/api/traces/${traceId}/outline`),
    "its matches": traceIds.map((traceId) => `/api/traces/${traceId}/matches?text=word77`),
    "sums of a user": ["/api/totals?user=user-17"],
    "sums of 10,000": ["/api/totals?model=model-4"],
    "sums of words": ["/api/totals?text=word77"],
    "an hour": [`/api/stats?from=${firstMs}&to=${firstMs + HOUR_MS}`],
    "all time": [`/api/stats?from=${firstMs}&to=${firstMs + 60 * 24 * HOUR_MS}`],
  };
}

/** Asks each question so many times, or for so long. */
export async function measureQuestions(get, questions, { times, forMs }, say) {
  for (const [name, paths] of Object.entries(questions)) {
    const clock = createClock();
    const started = performance.now();
    for (let index = 0; index < times && performance.now() - started < forMs; index++) {
      await clock.time(() => get(paths[index % paths.length]));
    }
    say(`${name.padEnd(15)} ${clock.describe()}`);
  }
}
