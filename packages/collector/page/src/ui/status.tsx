import type { JSX } from "preact";
import type { TraceStatus } from "../api/types.ts";
import { Icon, type IconName } from "./icon.tsx";

const WORDS: Readonly<Record<TraceStatus, string>> = {
  ok: "ok",
  error: "error",
  cancelled: "cancelled",
  interrupted: "waits for a human",
  unfinished: "unfinished",
  open: "running",
};

/** A status in words. */
export function statusWord(status: TraceStatus): string {
  return WORDS[status];
}

/** An icon and a word for a status; of `ok` the icon only. */
export function Status({ status, isQuiet = false }: { status: TraceStatus; isQuiet?: boolean }): JSX.Element {
  const icon: IconName = status === "open" ? "running" : status;
  const word = WORDS[status];
  const isShort = isQuiet || status === "ok";
  return (
    <span class={`status status-${status}`} title={isShort ? word : undefined}>
      {isShort ? <Icon name={icon} size={15} label={word} /> : <Icon name={icon} size={14} />}
      {!isShort && <span>{word}</span>}
    </span>
  );
}
