import type { Usage } from "./span.ts";

type Details = Readonly<Record<string, number>> | undefined;

/** The sum of two counts; a detail that neither has is none. */
export function addUsage(sum: Usage | undefined, more: Usage): Usage {
  if (sum === undefined) return more;
  const prompt = addDetails(sum.prompt_tokens_details, more.prompt_tokens_details);
  const completion = addDetails(sum.completion_tokens_details, more.completion_tokens_details);
  return {
    prompt_tokens: sum.prompt_tokens + more.prompt_tokens,
    completion_tokens: sum.completion_tokens + more.completion_tokens,
    total_tokens: sum.total_tokens + more.total_tokens,
    ...(prompt === undefined ? {} : { prompt_tokens_details: prompt }),
    ...(completion === undefined ? {} : { completion_tokens_details: completion }),
  };
}

function addDetails(sum: Details, more: Details): Details {
  if (sum === undefined || more === undefined) return sum ?? more;
  const total: Record<string, number> = { ...sum };
  for (const [name, count] of Object.entries(more)) total[name] = (total[name] ?? 0) + count;
  return total;
}
