import type { ComponentChildren, JSX } from "preact";
import { connection } from "../api/live.ts";
import { Help } from "./help.tsx";
import { Icon } from "./icon.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

/** The head of every view: where one is, and what holds for the whole page. */
export function Bar({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <header class="bar">
      <div class="bar-place">{children}</div>
      <div class="bar-tools">
        <Live />
        <ThemeSwitch />
        <Help />
      </div>
    </header>
  );
}

function Live(): JSX.Element {
  const isLive = connection.value === "live";
  const title = isLive ? "What arrives is shown at once" : "Looks for news every two seconds";
  return (
    <span class={isLive ? "live is-live" : "live"} title={title}>
      <Icon name="live" size={14} />
      <span>{isLive ? "Live" : "Polling"}</span>
    </span>
  );
}
