import type { JsonObject, JsonValue, Span } from "@portkey-tracing/core";
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../ui/icon.tsx";
import { Messages } from "./chat.tsx";
import { Documents } from "./documents.tsx";
import { JsonView } from "./json-view.tsx";
import { LongText } from "./long-text.tsx";
import { answerMessages, documentsIn, requestMessages } from "./messages.ts";

/** What went into a span and what came out of it, in the form that people read. */
export function Content({ span }: { span: Span }): JSX.Element {
  const { input, output } = span;
  const asked = requestMessages(input);
  const answered = answerMessages(output);
  const said = answered === undefined || asked === undefined ? answered : withoutRepeated(asked, answered);
  const documents = documentsIn(output);
  return (
    <>
      {isObject(input) && span.model !== undefined && <Tools tools={input["tools"]} />}
      {input !== undefined && (
        <Section title="Input">
          {asked === undefined ? <Value name="input" value={input} /> : <Messages messages={asked} />}
        </Section>
      )}
      {output !== undefined && (
        <Section title="Output">
          {documents !== undefined ? (
            <Documents documents={documents} />
          ) : said === undefined ? (
            <Value name="output" value={output} />
          ) : (
            <Messages messages={said} />
          )}
        </Section>
      )}
      {input === undefined && output === undefined && <p class="dim">Neither input nor output was recorded.</p>}
    </>
  );
}

/** An agent answers with its whole conversation: what was asked is not shown twice. */
function withoutRepeated<T>(asked: readonly T[], answered: readonly T[]): readonly T[] {
  const isPrefix =
    answered.length > asked.length &&
    asked.every((one, index) => JSON.stringify(one) === JSON.stringify(answered[index]));
  return isPrefix ? answered.slice(asked.length) : answered;
}

/** A value that is no conversation: a text as text, a single text by its name, all else as JSON. */
function Value({ name, value }: { name: string; value: JsonValue }): JSX.Element {
  const inner = isObject(value) && Object.keys(value).length === 1 ? Object.values(value)[0] : value;
  if (typeof inner === "string") return <LongText text={inner} />;
  return <JsonView name={name} value={value} openLevels={3} />;
}

/** The tools that a model could call. */
function Tools({ tools }: { tools: JsonValue | undefined }): JSX.Element | null {
  if (!Array.isArray(tools) || tools.length === 0) return null;
  return (
    <details class="offered">
      <summary>
        <Icon name="tool" size={14} /> {tools.length} {tools.length === 1 ? "tool" : "tools"} offered
      </summary>
      <JsonView name="tools" value={tools} openLevels={1} />
    </details>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
