import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../api/fresh.ts";
import { Icon } from "./icon.tsx";

/** In the place of a view that has nothing to show: what there is to know, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <section class="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** While the first answer is on its way. It shows after a moment only, by its style. */
export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <p class="loading" role="status">
      <Icon name="running" /> Loading {what} …
    </p>
  );
}

/** Above a view: what is shown may be old, and why. */
export function Notice({ problem }: { problem: Problem | undefined }): JSX.Element | null {
  if (problem === undefined) return null;
  return (
    <p class="notice" role="alert" id="notice">
      <Icon name="warning" /> {explain(problem)}
    </p>
  );
}

function explain(problem: Problem): string {
  if (problem.kind === "unreachable") {
    return "The collector does not answer. Is portkey-traces still running? The page goes on asking.";
  }
  return problem.message;
}
