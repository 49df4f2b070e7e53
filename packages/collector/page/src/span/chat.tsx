import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { toVisible } from "../ui/foreign-text.tsx";
import { formatCount } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { JsonView } from "./json-view.tsx";
import { LongText } from "./long-text.tsx";
import type { Message, Part } from "./messages.ts";

/** Of a long conversation its end is shown first. */
const SHOWN = 12;

/** A conversation, as people read one. */
export function Messages({ messages }: { messages: readonly Message[] }): JSX.Element {
  const isWhole = useSignal(false);
  const hidden = isWhole.value ? 0 : Math.max(0, messages.length - SHOWN);
  return (
    <div class="chat">
      {hidden > 0 && (
        <button type="button" class="button more" onClick={() => (isWhole.value = true)}>
          {formatCount(hidden)} earlier {hidden === 1 ? "message" : "messages"}
        </button>
      )}
      {messages.slice(hidden).map((message, index) => (
        <article key={hidden + index} class={`said-by role-${roleClass(message.role)}`}>
          <h4>
            {toVisible(message.role).slice(0, 40)}
            {message.name !== undefined && <bdi class="dim"> {toVisible(message.name).slice(0, 100)}</bdi>}
          </h4>
          {message.parts.length === 0 && <p class="dim">empty</p>}
          {message.parts.map((part, at) => (
            <PartView key={at} part={part} />
          ))}
        </article>
      ))}
    </div>
  );
}

const ROLES: Readonly<Record<string, string>> = {
  user: "user",
  human: "user",
  assistant: "assistant",
  ai: "assistant",
  model: "assistant",
  system: "system",
  developer: "system",
  tool: "tool",
  function: "tool",
};

function roleClass(role: string): string {
  return Object.hasOwn(ROLES, role) ? (ROLES[role] ?? "other") : "other";
}

function PartView({ part }: { part: Part }): JSX.Element {
  switch (part.kind) {
    case "text":
      return <LongText text={part.text} />;
    case "reasoning":
      return (
        <details class="reasoning" open>
          <summary>Reasoning</summary>
          <LongText text={part.text} />
        </details>
      );
    case "call":
      return (
        <div class="call">
          <p class="call-head">
            <Icon name="tool" size={13} /> <strong>{toVisible(part.name).slice(0, 200)}</strong>
            {part.id !== undefined && <code class="dim">{toVisible(part.id).slice(0, 60)}</code>}
          </p>
          <Value name="arguments" value={part.input} />
        </div>
      );
    case "result":
      return <Value name="result" value={part.output} />;
    case "other":
      return <JsonView name={part.type} value={part.value} />;
  }
}

function Value({ name, value }: { name: string; value: Extract<Part, { kind: "call" }>["input"] }): JSX.Element | null {
  if (value === null || value === "") return null;
  return typeof value === "string" ? <LongText text={value} /> : <JsonView name={name} value={value} openLevels={2} />;
}
