import type { JSX, RefObject } from "preact";
import { params, setParams } from "../router.ts";
import { formatCount } from "../ui/format.ts";
import { Icon, typeIcon } from "../ui/icon.tsx";
import { kindOf, typeName } from "./kinds.ts";
import { isProblem } from "./rows.ts";
import { toggleAll, togglePath } from "./trace-keys.ts";
import { isWhole, selectNext, setWindow, type TraceState } from "./trace-state.ts";

/** Search in the trace, filters by type, and what changes the view. */
export function Toolbar({ state, input }: { state: TraceState; input: RefObject<HTMLInputElement> }): JSX.Element {
  const problems = state.rows.value.filter(isProblem).length;
  return (
    <div class="toolbar" role="toolbar" aria-label="View of the trace">
      <Search state={state} input={input} />
      <div class="toolbar-views">
        {problems > 0 && (
          <Toggle
            name="problems"
            label={`${formatCount(problems)} ${problems === 1 ? "problem" : "problems"}`}
            title="Only spans that failed or have not ended (e: the next one)"
            isBad
          />
        )}
        <button
          type="button"
          class="button"
          aria-pressed={params.value.has("path")}
          title="What the end of the trace waited for (c)"
          onClick={togglePath}
        >
          Critical path
        </button>
        <button type="button" class="button" title="Close or open all (x)" onClick={() => toggleAll(state)}>
          Fold
        </button>
        {!isWhole(state) && (
          <button type="button" class="button" title="Show all of the time (0)" onClick={() => setWindow(undefined)}>
            Whole time
          </button>
        )}
      </div>
      <Types state={state} />
    </div>
  );
}

function Search({ state, input }: { state: TraceState; input: RefObject<HTMLInputElement> }): JSX.Element {
  const text = params.value.get("q") ?? "";
  const count = state.found.value.size;
  const go = (by: 1 | -1): void => selectNext(state, (row) => state.found.value.has(row.spanId), by);
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search in this trace"
        placeholder="Search this trace"
        value={text}
        onInput={(event) => setParams({ q: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
        }}
        spellcheck={false}
      />
      {text.trim() === "" ? (
        <kbd>/</kbd>
      ) : (
        <output class={count === 0 ? "bad" : "dim"}>{count === 0 ? "none" : formatCount(count)}</output>
      )}
    </div>
  );
}

/** The types that the trace has, most frequent first: each can be picked. */
function Types({ state }: { state: TraceState }): JSX.Element | null {
  const counts = new Map<string, number>();
  for (const { type } of state.rows.value) counts.set(type, (counts.get(type) ?? 0) + 1);
  if (counts.size < 2) return null;
  const picked = new Set((params.value.get("type") ?? "").split(",").filter((type) => type !== ""));
  const toggle = (type: string): void => {
    const next = picked.has(type) ? [...picked].filter((one) => one !== type) : [...picked, type];
    setParams({ type: next.join(",") });
  };
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return (
    <div class="types" role="group" aria-label="Only these types">
      {sorted.map(([type, count]) => (
        <button
          key={type}
          type="button"
          class={`chip kind-${kindOf(type)}`}
          aria-pressed={picked.has(type)}
          onClick={() => toggle(type)}
        >
          <Icon name={typeIcon(type)} size={13} />
          {typeName(type)} <span class="dim">{formatCount(count)}</span>
        </button>
      ))}
    </div>
  );
}

function Toggle(props: { name: string; label: string; title: string; isBad?: boolean }): JSX.Element {
  const { name, label, title, isBad = false } = props;
  const isOn = params.value.has(name);
  return (
    <button
      type="button"
      class={isBad ? "button is-bad" : "button"}
      aria-pressed={isOn}
      title={title}
      onClick={() => setParams({ [name]: isOn ? undefined : "1" })}
    >
      {label}
    </button>
  );
}
