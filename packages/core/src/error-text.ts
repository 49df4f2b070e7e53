import { withoutSecrets } from "./secret-text.ts";

/** Characters that are kept of the text of an error. */
export const MAX_ERROR_TEXT = 16_384;
/** Longest end of a cut text that is left out, as it may be the beginning of a secret. */
const MAX_LAST_WORD = 512;

/** The text of an error, without secrets. Cut before it is searched: patterns never see more than the bound. */
export function toErrorText(whole: string): string {
  if (whole.length <= MAX_ERROR_TEXT) return withoutSecrets(whole).toWellFormed();
  const start = MAX_ERROR_TEXT - MAX_LAST_WORD;
  const head = whole.slice(0, start) + whole.slice(start, MAX_ERROR_TEXT).replace(/\S+$/, "");
  return `${withoutSecrets(head).toWellFormed()}[truncated: ${whole.length - head.length} characters]`;
}
