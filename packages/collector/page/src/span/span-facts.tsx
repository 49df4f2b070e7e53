import type { JsonObject, JsonValue, Span } from "@portkey-tracing/core";
import type { ComponentChildren, JSX } from "preact";
import type { Cost } from "../api/types.ts";
import type { Row } from "../trace/rows.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatCount, formatDuration, formatTime, formatUsd } from "../ui/format.ts";
import { JsonView } from "./json-view.tsx";

/** What is known of a span beside its content. */
export function SpanFacts(props: { span: Span; cost: Cost | undefined; row: Row; traceStartMs: number }): JSX.Element {
  const { span, cost, row, traceStartMs } = props;
  const { model, metadata, marks, tags } = span;
  return (
    <>
      {model !== undefined && <UsageOf span={span} cost={cost} />}
      <Times span={span} row={row} traceStartMs={traceStartMs} />
      {model !== undefined && <Parameters input={span.input} />}
      {marks.length > 0 && (
        <Section title="Marks">
          <ol class="marks">
            {marks.map((mark, index) => (
              <li key={index}>
                <code class="dim">+{formatDuration(Math.max(0, mark.timeMs - span.startTimeMs))}</code>{" "}
                <Foreign text={mark.name} />
                {mark.attributes !== undefined && <JsonView name="attributes" value={mark.attributes} />}
              </li>
            ))}
          </ol>
        </Section>
      )}
      {Object.keys(metadata).length > 0 && (
        <Section title="Metadata">
          <JsonView name="metadata" value={metadata} openLevels={1} />
        </Section>
      )}
      {tags.length > 0 && (
        <Section title="Tags">
          <p class="tags">
            {tags.map((tag) => (
              <Foreign key={tag} class="tag" text={tag} />
            ))}
          </p>
        </Section>
      )}
    </>
  );
}

function Times({ span, row, traceStartMs }: { span: Span; row: Row; traceStartMs: number }): JSX.Element {
  const { model } = span;
  return (
    <Section title="Span">
      <dl class="pairs">
        <Pair name="Started">
          {formatTime(span.startTimeMs)}{" "}
          <span class="dim">+{formatDuration(Math.max(0, span.startTimeMs - traceStartMs))}</span>
        </Pair>
        <Pair name="Duration">
          {row.inferred === true ? "not known: it was not seen" : formatDuration(span.durationMs)}
        </Pair>
        {model?.timeToFirstTokenMs !== undefined && (
          <Pair name="First token">{formatDuration(model.timeToFirstTokenMs)}</Pair>
        )}
        {row.earlyMs !== undefined && (
          <Pair name="Clock">
            Starts {formatDuration(row.earlyMs)} before its parent: their clocks differ. Shown as reported.
          </Pair>
        )}
        {row.lateMs !== undefined && (
          <Pair name="Late">Starts {formatDuration(row.lateMs)} after its parent had ended: nobody waited for it.</Pair>
        )}
        {row.orphan === true && span.parentSpanId !== undefined && (
          <Pair name="Parent">
            <Foreign text={span.parentSpanId} /> <span class="dim">is not there: not arrived yet, or lost</span>
          </Pair>
        )}
        {model?.provider !== undefined && (
          <Pair name="Provider">
            <Foreign text={model.provider} />
          </Pair>
        )}
        {model?.url !== undefined && (
          <Pair name="Address">
            <Foreign text={model.url} />
          </Pair>
        )}
        {model?.streamed === true && <Pair name="Streamed">yes</Pair>}
        <Pair name="Source">{span.source}</Pair>
        <Pair name="Span id">
          <Foreign text={span.spanId} /> <CopyButton text={() => span.spanId} label="Copy span id" isBare />
        </Pair>
      </dl>
    </Section>
  );
}

/** Tokens by what they were, and the bill. */
function UsageOf({ span, cost }: { span: Span; cost: Cost | undefined }): JSX.Element | null {
  const usage = objectIn(span.output, "usage");
  if (usage === undefined) return null;
  const prompt = objectIn(usage, "prompt_tokens_details");
  const completion = objectIn(usage, "completion_tokens_details");
  const lines: (readonly [string, JsonValue | undefined, boolean])[] = [
    ["Input", usage["prompt_tokens"], false],
    ["cached", prompt?.["cached_tokens"], true],
    ["written to the cache", prompt?.["cache_creation_tokens"], true],
    ["audio", prompt?.["audio_tokens"], true],
    ["Output", usage["completion_tokens"], false],
    ["reasoning", completion?.["reasoning_tokens"], true],
    ["audio", completion?.["audio_tokens"], true],
    ["Total", usage["total_tokens"], false],
  ];
  const shown = lines.filter(([, count, isPart]) => typeof count === "number" && (!isPart || count > 0));
  return (
    <Section title="Tokens and cost">
      <table class="usage">
        <tbody>
          {shown.map(([name, count, isPart], index) => (
            <tr key={index} class={isPart ? "is-part" : undefined}>
              <th scope="row">{isPart ? `of it ${name}` : name}</th>
              <td>{formatCount(Number(count))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Bill span={span} cost={cost} />
    </Section>
  );
}

function Bill({ span, cost }: { span: Span; cost: Cost | undefined }): JSX.Element {
  if (span.model?.cached === true)
    return <p class="dim">Cost: nothing. The answer came from the framework's own cache.</p>;
  if (cost === undefined) {
    return <p class="dim">Cost: –. No price is known for this model; a price file can name one.</p>;
  }
  return (
    <>
      <table class="usage bill" aria-label="How the cost came about">
        <tbody>
          {cost.parts.map((part) => (
            <tr key={part.what}>
              <th scope="row">{part.what.replace(/^./, (first) => first.toUpperCase())}</th>
              <td>
                {formatCount(part.tokens)} × {formatRate(part.usdPerMillion)} / 1M
              </td>
              <td>{formatUsd((part.tokens * part.usdPerMillion) / 1e6)}</td>
            </tr>
          ))}
          <tr class="is-sum">
            <th scope="row">Cost</th>
            <td>
              <Foreign class="dim" text={`${cost.pricedAs}, ${cost.source}`} />
            </td>
            <td>{formatUsd(cost.usd)}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}

/** `$2.50`; with more digits where there are more. */
function formatRate(usd: number): string {
  return `$${Number(usd.toFixed(2)) === usd ? usd.toFixed(2) : Number(usd.toPrecision(6))}`;
}

/** What a model was asked with, beside the messages. */
function Parameters({ input }: { input: JsonValue | undefined }): JSX.Element | null {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
  const CONTENT = new Set(["messages", "input", "prompt", "tools", "tracing", "system", "instructions"]);
  const entries = Object.entries(input).filter(([name]) => !CONTENT.has(name));
  if (entries.length === 0) return null;
  return (
    <Section title="Parameters">
      <dl class="pairs">
        {entries.map(([name, value]) => (
          <Pair key={name} name={name}>
            {typeof value === "object" && value !== null ? (
              <JsonView name={name} value={value} />
            ) : (
              <Foreign text={String(value)} />
            )}
          </Pair>
        ))}
      </dl>
    </Section>
  );
}

function objectIn(value: JsonValue | undefined, name: string): JsonObject | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const member = value[name];
  return typeof member === "object" && member !== null && !Array.isArray(member) ? member : undefined;
}

function Pair({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>
        <Foreign text={name} />
      </dt>
      <dd>{children}</dd>
    </div>
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
