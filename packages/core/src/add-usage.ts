import type { Usage } from "./span.ts";

type Details = Readonly<Record<string, number>> | undefined;

/**
 * The counts of two chunks of one answer together. Tokens add up; each chunk that tells how much of the prompt was cached
 * tells all of it. A detail that neither has is none.
 */
export function addUsage(sum: Usage | undefined, more: Usage): Usage {
  if (sum === undefined) return more;
  const prompt = merge(sum.prompt_tokens_details, more.prompt_tokens_details, Math.max);
  const completion = merge(sum.completion_tokens_details, more.completion_tokens_details, (a, b) => a + b);
  return {
    prompt_tokens: sum.prompt_tokens + more.prompt_tokens,
    completion_tokens: sum.completion_tokens + more.completion_tokens,
    total_tokens: sum.total_tokens + more.total_tokens,
    ...(prompt === undefined ? {} : { prompt_tokens_details: prompt }),
    ...(completion === undefined ? {} : { completion_tokens_details: completion }),
  };
}

function merge(sum: Details, more: Details, join: (a: number, b: number) => number): Details {
  if (sum === undefined || more === undefined) return sum ?? more;
  const total: Record<string, number> = { ...sum };
  for (const [name, count] of Object.entries(more)) total[name] = join(total[name] ?? 0, count);
  return total;
}
