import type { JSX } from "preact";
import { toVisible } from "../ui/foreign-text.tsx";
import { JsonView } from "./json-view.tsx";
import { LongText } from "./long-text.tsx";
import type { RetrievedDocument } from "./messages.ts";

/** What a retriever found, best first as it came, with scores where they were given. */
export function Documents({ documents }: { documents: readonly RetrievedDocument[] }): JSX.Element {
  const best = Math.max(...documents.map((one) => one.score ?? 0));
  return (
    <ol class="documents">
      {documents.map((one, index) => (
        <li key={index} class="document">
          <p class="document-head">
            <strong>{index + 1}</strong>
            {one.score !== undefined && <Score score={one.score} best={best} />}
            {one.id !== undefined && <code class="dim">{toVisible(one.id).slice(0, 80)}</code>}
          </p>
          <LongText text={one.text} />
          {hasMembers(one.metadata) && <JsonView name="metadata" value={one.metadata ?? null} openLevels={0} />}
        </li>
      ))}
    </ol>
  );
}

function Score({ score, best }: { score: number; best: number }): JSX.Element {
  return (
    <span class="score" title={`Score ${score}`}>
      <span class="meter" aria-hidden="true">
        <i style={{ width: `${best > 0 ? Math.max(0, (100 * score) / best) : 0}%` }} />
      </span>
      {Number(score.toPrecision(4))}
    </span>
  );
}

function hasMembers(value: RetrievedDocument["metadata"]): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
