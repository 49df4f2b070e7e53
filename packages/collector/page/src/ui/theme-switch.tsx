import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const theme = signal<Theme>(read());

/** System, light, dark. The choice is kept in the browser; `theme.ts` puts it in force before the first paint. */
export function ThemeSwitch(): JSX.Element {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  const icon: IconName = theme.value;
  const label = `Theme: ${theme.value}. Change to ${next}`;
  return (
    <button
      type="button"
      class="button bare theme-switch"
      aria-label={label}
      title={label}
      onClick={() => choose(next)}
    >
      <Icon name={icon} />
    </button>
  );
}

function choose(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch (error) {
    // A browser that keeps nothing: the choice holds until the page is left.
    if (!(error instanceof DOMException)) throw error;
  }
}

function read(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
