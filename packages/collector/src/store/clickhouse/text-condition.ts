import { wordsOf } from "../search-text.ts";
import type { Parameters } from "./database.ts";

/** All words, each at the beginning of a word. The first half of each pair can use the index. */
export function textCondition(text: string): { readonly sql: string; readonly parameters: Parameters } {
  const words = wordsOf(text);
  const parameters: Record<string, string> = {};
  const conditions = words.map((word, index) => {
    parameters[`like${index}`] = `%${word}%`;
    parameters[`word${index}`] = `(^|[^\\p{L}\\p{N}\\p{Co}])${word}`;
    return `(words LIKE {like${index}:String} AND match(words, {word${index}:String}))`;
  });
  return { sql: conditions.length === 0 ? "0" : conditions.join(" AND "), parameters };
}
