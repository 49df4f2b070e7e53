import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { toVisible } from "../ui/foreign-text.tsx";
import { formatCount } from "../ui/format.ts";

const MAX_CHARACTERS = 6_000;
/** What a browser still lays out in a moment. */
const MAX_ALL = 1_000_000;

/** A text of any length: its beginning, and the rest when it is asked for. Only ever text. */
export function LongText({ text, isCode = false }: { text: string; isCode?: boolean }): JSX.Element {
  const isWhole = useSignal(false);
  const isLong = text.length > MAX_CHARACTERS;
  const end = !isLong ? text.length : isWhole.value ? MAX_ALL : MAX_CHARACTERS;
  const shown = toVisible(text.slice(0, end), true);
  const missing = text.length - Math.min(end, text.length);
  return (
    <>
      {isCode ? (
        <pre tabIndex={0}>{shown}</pre>
      ) : (
        <p class="text" dir="auto">
          {shown}
        </p>
      )}
      {isLong && !isWhole.value && (
        <button type="button" class="button more" onClick={() => (isWhole.value = true)}>
          {text.length > MAX_ALL
            ? `Show the first ${formatCount(MAX_ALL)} of ${formatCount(text.length)} characters`
            : `Show all ${formatCount(text.length)} characters`}
        </button>
      )}
      {isWhole.value && missing > 0 && (
        <p class="dim">{formatCount(missing)} more characters: copy the JSON to have them.</p>
      )}
    </>
  );
}
