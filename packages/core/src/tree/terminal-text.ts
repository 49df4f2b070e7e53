/**
 * Text from a trace, harmless on a terminal: one line, no escape sequence, nothing that turns the reading direction or
 * hides. Line breaks and tabs become spaces; control characters become their pictures (`␛`); bidirectional controls,
 * invisible characters and lone surrogates become `�`.
 */
export function toTerminalText(text: string): string {
  return text
    .replaceAll(/[\s\u2028\u2029]+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu, toVisible);
}

function toVisible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return JOINERS.has(character) ? character : "\ufffd";
}

/** How many columns the text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += columnsOfGrapheme(segment);
  return columns;
}

/** Cuts to so many columns, with `…` where something is missing. */
export function clipColumns(text: string, columns: number): string {
  if (text.length <= columns && isNarrow(text)) return text;
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOfGrapheme(segment);
    if (used > columns - 1) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : "";
}

/** Fills up with spaces to so many columns. */
export function padColumns(text: string, columns: number, side: "left" | "right" = "left"): string {
  const padding = " ".repeat(Math.max(0, columns - columnsOf(text)));
  return side === "left" ? text + padding : padding + text;
}

/** Parts of emoji, harmless inside them: zero width joiner, variation selectors. */
const JOINERS: ReadonlySet<string> = new Set(["\u200d", "\ufe0e", "\ufe0f"]);

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\ufe0f/u;

function columnsOfGrapheme(grapheme: string): number {
  if (/^\p{M}*$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

function isNarrow(text: string): boolean {
  return /^[\u0020-\u02ff]*$/u.test(text);
}
