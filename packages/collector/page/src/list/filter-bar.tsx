import { signal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { params, setParams } from "../router.ts";
import { Icon } from "../ui/icon.tsx";
import { type ConditionKey, conditionIn, formatQuery, parseQuery, type Term, withCondition } from "./query.ts";

const TYPING_PAUSE_MS = 250;

const CHOICES: readonly { key: ConditionKey; label: string; options: readonly (readonly [string, string])[] }[] = [
  {
    key: "status",
    label: "Any status",
    options: [
      ["error", "Failed"],
      ["ok", "Ok"],
      ["open", "Running"],
      ["unfinished", "Unfinished"],
      ["interrupted", "Waits for a human"],
      ["cancelled", "Cancelled"],
    ],
  },
  {
    key: "since",
    label: "Any time",
    options: [
      ["15m", "Last 15 minutes"],
      ["1h", "Last hour"],
      ["1d", "Last day"],
      ["7d", "Last 7 days"],
    ],
  },
  {
    key: "feedback",
    label: "Any feedback",
    options: [
      ["any", "With feedback"],
      ["positive", "Positive"],
      ["negative", "Negative"],
      ["none", "Without"],
    ],
  },
];

/** What stands in the field; the address follows when the reader pauses. */
const typed = signal("");

/** Searches for a line at once: what was being typed is forgotten. */
export function search(line: string): void {
  typed.value = line;
  ask(line);
}

/** Puts a search line into the address; the first page of it is shown. */
function ask(line: string): void {
  setParams({ q: line.trim(), cursor: undefined });
}

/** The search line, the choices that write into it, and its conditions one by one. */
export function FilterBar({ input }: { input: RefObject<HTMLInputElement> }): JSX.Element {
  const line = params.value.get("q") ?? "";
  useMemo(() => void (typed.value = line), []);
  useEffect(() => {
    if (document.activeElement !== input.current) typed.value = line;
  }, [line]);
  useEffect(() => {
    if (typed.value.trim() === line) return undefined;
    const timer = setTimeout(() => ask(typed.value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <search class="filters">
      <div class="search">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label="Search"
          placeholder="Words, or user:ada model:gpt-4o min:2s tag:beta meta:plan=pro"
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
          spellcheck={false}
        />
        <kbd>/</kbd>
      </div>
      <div class="choices">
        {CHOICES.map(({ key, label, options }) => (
          <Choice key={key} name={key} label={label} options={options} line={line} onChange={search} />
        ))}
      </div>
      <Conditions
        line={line}
        onChange={(next) => {
          search(next);
          input.current?.focus();
        }}
      />
    </search>
  );
}

interface ChoiceProps {
  readonly name: ConditionKey;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly line: string;
  readonly onChange: (line: string) => void;
}

function Choice({ name, label, options, line, onChange }: ChoiceProps): JSX.Element {
  const value = conditionIn(parseQuery(line), name) ?? "";
  const isListed = value === "" || options.some(([one]) => one === value);
  const choose = (next: string): void => onChange(withCondition(line, name, next === "" ? undefined : next));
  return (
    <select
      aria-label={label.replace("Any ", "").replace(/^./, (first) => first.toUpperCase())}
      class={value === "" ? "" : "is-set"}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{label}</option>
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
      {!isListed && <option value={value}>{value}</option>}
    </select>
  );
}

function Conditions({ line, onChange }: { line: string; onChange: (line: string) => void }): JSX.Element | null {
  const { terms } = parseQuery(line);
  const shown = terms.filter((term) => term.kind !== "words");
  if (shown.length === 0) return null;
  const without = (term: Term): string => formatQuery({ terms: terms.filter((one) => one !== term) });
  return (
    <ul class="conditions" aria-label="Conditions">
      {shown.map((term) => {
        const text = term.kind === "condition" ? `${term.key}: ${term.value}` : `${term.text} – ${term.reason}`;
        return (
          <li key={text} class={term.kind === "wrong" ? "chip is-wrong" : "chip"}>
            <bdi>{text}</bdi>
            <button type="button" aria-label={`Remove ${text}`} onClick={() => onChange(without(term))}>
              <Icon name="close" size={12} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
