import type { JSX } from "preact";

/** Whatever controls a terminal or turns the reading direction, made visible. Line breaks and tabs stay where asked. */
export function toVisible(text: string, keepsLines = false): string {
  return text.replaceAll(keepsLines ? /[\p{Bidi_Control}]|(?![\n\t])\p{Cc}/gu : /[\p{Cc}\p{Bidi_Control}]/gu, "\uFFFD");
}

/** A line of text from a trace, in a direction of its own. */
export function Foreign({ text, class: name }: { text: string; class?: string }): JSX.Element {
  const visible = toVisible(text);
  return (
    <bdi class={name} title={visible.slice(0, 1_000)}>
      {visible.slice(0, 1_000)}
    </bdi>
  );
}
