import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

const SHOWN_MS = 1_500;

/** Copies a text. Where the browser does not let it (no https, no permission), the text is shown to be copied by hand. */
export function CopyButton(props: {
  text: () => string;
  label: string;
  icon?: IconName;
  isBare?: boolean;
}): JSX.Element {
  const { text, label, icon = "copy", isBare = false } = props;
  const done = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      done.value = true;
      setTimeout(() => (done.value = false), SHOWN_MS);
    } catch {
      prompt("Copy this:", text());
    }
  };
  return (
    <button
      type="button"
      class={isBare ? "button bare" : "button"}
      title={label}
      aria-label={label}
      onClick={() => void copy()}
    >
      <Icon name={done.value ? "check" : icon} size={14} />
      {!isBare && <span>{done.value ? "Copied" : label}</span>}
    </button>
  );
}
