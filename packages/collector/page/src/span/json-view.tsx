import type { JsonValue } from "@portkey-tracing/core";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { CopyButton } from "../ui/copy-button.tsx";
import { toVisible } from "../ui/foreign-text.tsx";
import { formatCount } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";

const MEMBERS_AT_ONCE = 100;
const MAX_CHARACTERS = 2_000;
const MAX_KEY = 200;

/** JSON as a tree that folds. What is folded is not in the document, so size and depth do not matter. */
export function JsonView({
  name,
  value,
  openLevels = 1,
}: {
  name: string;
  value: JsonValue;
  openLevels?: number;
}): JSX.Element {
  return (
    <div class="json">
      <div class="json-copy">
        <CopyButton text={() => JSON.stringify(value, undefined, 2)} label={`Copy ${name} as JSON`} isBare />
      </div>
      <Node value={value} level={0} openLevels={openLevels} />
    </div>
  );
}

interface NodeProps {
  readonly name?: string | undefined;
  readonly value: JsonValue;
  readonly level: number;
  readonly openLevels: number;
}

function Node({ name, value, level, openLevels }: NodeProps): JSX.Element {
  if (typeof value === "object" && value !== null) {
    return <Branch name={name} value={value} level={level} openLevels={openLevels} />;
  }
  return (
    <div class="json-line">
      <span class="json-fold" />
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

function Branch({ name, value, level, openLevels }: NodeProps & { value: object }): JSX.Element {
  const isOpen = useSignal(level < openLevels);
  const shownCount = useSignal(MEMBERS_AT_ONCE);
  const isArray = Array.isArray(value);
  const keys = Object.keys(value);
  const summary = isArray
    ? `[ ${formatCount(keys.length)} ]`
    : `{ ${keys
        .slice(0, 3)
        .map((key) => toVisible(key).slice(0, 20))
        .join(", ")}${keys.length > 3 ? ", …" : ""} }`;
  if (keys.length === 0) {
    return (
      <div class="json-line">
        <span class="json-fold" />
        <Name name={name} />
        <span class="dim">{isArray ? "[]" : "{}"}</span>
      </div>
    );
  }
  return (
    <div class="json-branch">
      <button
        type="button"
        class="json-line"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <span class="json-fold">
          <Icon name={isOpen.value ? "open" : "closed"} size={12} />
        </span>
        <Name name={name} />
        <span class="dim">{isOpen.value && !isArray ? "{" : summary}</span>
      </button>
      {isOpen.value && (
        <div class="json-members">
          {keys.slice(0, shownCount.value).map((key) => (
            <Node
              key={key}
              name={key}
              value={(value as Record<string, JsonValue>)[key] ?? null}
              level={level + 1}
              openLevels={openLevels}
            />
          ))}
          {keys.length > shownCount.value && (
            <button type="button" class="button more" onClick={() => (shownCount.value += 10 * MEMBERS_AT_ONCE)}>
              {formatCount(keys.length - shownCount.value)} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Name({ name }: { name: string | undefined }): JSX.Element | null {
  if (name === undefined) return null;
  return (
    <>
      <bdi class="json-name">{toVisible(name).slice(0, MAX_KEY)}</bdi>
      <span class="dim">: </span>
    </>
  );
}

function Leaf({ value }: { value: string | number | boolean | null }): JSX.Element {
  const isWhole = useSignal(false);
  if (typeof value !== "string")
    return <span class={`json-${value === null ? "null" : typeof value}`}>{String(value)}</span>;
  const isLong = value.length > MAX_CHARACTERS;
  const text = isLong && !isWhole.value ? value.slice(0, MAX_CHARACTERS) : value.slice(0, 1_000_000);
  return (
    <span class="json-string">
      <bdi>{toVisible(text, true)}</bdi>
      {isLong && !isWhole.value && (
        <button type="button" class="button more" onClick={() => (isWhole.value = true)}>
          … {formatCount(value.length)} characters
        </button>
      )}
    </span>
  );
}
