import type { SpanError, SpanStatus, UnfinishedReason } from "@portkey-tracing/core";
import type { JSX } from "preact";
import { toVisible } from "../ui/foreign-text.tsx";
import { Icon } from "../ui/icon.tsx";
import { JsonView } from "./json-view.tsx";
import { LongText } from "./long-text.tsx";

const REASONS: Readonly<Record<UnfinishedReason, string>> = {
  root_ended: "Its root had ended, and nothing more was heard of it.",
  stalled: "A stream below or beside it stood still when the program flushed.",
  idle: "Nothing was heard of its whole trace for long.",
  shutdown: "The program ended, or shut tracing down, while it was running.",
  open_runs_overflow: "More was running at once than is kept track of, and it was the oldest.",
};

/** Why a span did not end well: an error with its causes, what a human is asked, or why no end was seen. */
export function ErrorBox({ status }: { status: SpanStatus }): JSX.Element | null {
  switch (status.code) {
    case "ok":
      return null;
    case "unfinished":
      return (
        <section class="box is-unfinished">
          <p>
            <Icon name="unfinished" size={15} /> <strong>Its end was never seen.</strong> {REASONS[status.reason]}
          </p>
        </section>
      );
    case "interrupted":
      return (
        <section class="box is-waiting">
          <p>
            <Icon name="interrupted" size={15} /> <strong>It waits for a human.</strong>
          </p>
          {status.value !== undefined && <JsonView name="value" value={status.value} openLevels={2} />}
        </section>
      );
    case "cancelled":
      return (
        <section class="box is-unfinished">
          <p>
            <Icon name="cancelled" size={15} /> <strong>Someone stopped it.</strong>
          </p>
          {status.error !== undefined && <Failure error={status.error} />}
        </section>
      );
    case "error":
      return (
        <section class="box is-error">
          <Failure error={status.error} />
        </section>
      );
  }
}

function Failure({ error, depth = 0 }: { error: SpanError; depth?: number }): JSX.Element {
  const { type, message, code, httpStatus, stack, cause } = error;
  return (
    <>
      <p class="message">
        {depth > 0 && <span class="dim">caused by </span>}
        <strong>{toVisible(type)}</strong> {code !== undefined && <code class="tag">{toVisible(code)}</code>}{" "}
        {httpStatus !== undefined && <code class="tag">HTTP {httpStatus}</code>}
      </p>
      <LongText text={message} />
      {stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <LongText text={stack} isCode />
        </details>
      )}
      {cause !== undefined && depth < 8 && <Failure error={cause} depth={depth + 1} />}
    </>
  );
}
