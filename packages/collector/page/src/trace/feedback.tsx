import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { sendJson } from "../api/client.ts";
import { toProblem } from "../api/fresh.ts";
import type { Feedback as Given } from "../api/types.ts";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatCount, formatTime } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";

/** Thumbs, and what was said of the trace so far. A second press changes the piece that this page gave. */
export function Feedback(props: { traceId: string; feedback: readonly Given[]; onGiven: () => void }): JSX.Element {
  const { traceId, feedback, onGiven } = props;
  const failure = useSignal<string | undefined>(undefined);
  const own = feedback.findLast((one) => one.metadata["source"] === SOURCE);
  const give = async (value: 1 | -1): Promise<void> => {
    try {
      if (own === undefined) await create(traceId, value);
      else await sendJson("PUT", `/v1/feedback/${encodeURIComponent(own.id)}`, { value });
      failure.value = undefined;
      onGiven();
    } catch (error) {
      const problem = toProblem(error);
      failure.value = problem.kind === "unreachable" ? "The collector does not answer" : problem.message;
    }
  };
  return (
    <div class="feedback">
      <button
        type="button"
        class="button bare"
        aria-pressed={own !== undefined && own.value > 0}
        aria-label="Good"
        title="Good"
        onClick={() => void give(1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="button bare"
        aria-pressed={own !== undefined && own.value < 0}
        aria-label="Bad"
        title="Bad"
        onClick={() => void give(-1)}
      >
        <Icon name="down" />
      </button>
      {feedback.length > 0 && <Said feedback={feedback} />}
      {failure.value !== undefined && (
        <span class="bad" role="alert">
          {failure.value}
        </span>
      )}
    </div>
  );
}

/** Tells pieces that were given on this page from those of programs. */
const SOURCE = "traces-page";

function create(traceId: string, value: number): Promise<void> {
  return sendJson("POST", "/v1/feedback", { trace_id: traceId, value, metadata: { source: SOURCE } });
}

function Said({ feedback }: { feedback: readonly Given[] }): JSX.Element {
  return (
    <details class="said">
      <summary>{formatCount(feedback.length)} given</summary>
      <ul>
        {feedback.map((one) => (
          <li key={one.id}>
            <strong class={one.value < 0 ? "bad" : "good"}>{one.value > 0 ? `+${one.value}` : one.value}</strong>
            {one.weight !== 1 && <span class="dim"> weight {one.weight}</span>}
            <time class="dim">{formatTime(one.createdMs).slice(0, 19)}</time>
            {Object.entries(one.metadata).map(([key, value]) => (
              <Foreign
                key={key}
                class="dim"
                text={`${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`}
              />
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
