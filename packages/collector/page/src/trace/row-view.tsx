import { Component, type JSX } from "preact";
import { Foreign } from "../ui/foreign-text.tsx";
import { formatCount, formatCounted, formatDuration, formatShortCount, formatUsd } from "../ui/format.ts";
import { Icon, typeIcon } from "../ui/icon.tsx";
import { statusWord } from "../ui/status.tsx";
import { Bars } from "./bars.tsx";
import { kindOf, typeName } from "./kinds.ts";
import { isProblem, type Row } from "./rows.ts";
import { select, setOpen, showLarge, type TraceState } from "./trace-state.ts";
import type { Shown } from "./visible.ts";

const INDENT = 14;
const MAX_INDENT = 12;

interface RowProps {
  readonly state: TraceState;
  readonly shown: Shown;
  /** Pixels from the first row. */
  readonly top: number;
  readonly isSelected: boolean;
  readonly isFound: boolean;
  readonly isFaint: boolean;
}

/** Id of a row's element. */
export function rowId(spanId: string): string {
  return `row-${encodeURIComponent(spanId)}`;
}

/** A span on its line: its place in the tree, what it comes to, and its bar. Drawn anew only when something of it is new. */
export class RowView extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return NAMES.some((name) => next[name] !== this.props[name]);
  }

  override render(): JSX.Element {
    return drawRow(this.props);
  }
}

const NAMES = ["state", "shown", "top", "isSelected", "isFound", "isFaint"] as const;

function drawRow({ state, shown, top, isSelected, isFound, isFaint }: RowProps): JSX.Element {
  const { row, isOpen, isAside } = shown;
  const hasChildren = row.end > row.index + 1;
  const classes = [
    "row",
    `kind-${kindOf(row.type)}`,
    isSelected && "is-selected",
    isFound && "is-found",
    (isFaint || isAside) && "is-faint",
    isProblem(row) && (row.status === "error" ? "is-problem" : "is-unfinished"),
    row.type === "attempt" && (row.status === "error" ? "is-attempt has-failed" : "is-attempt"),
    row.inferred === true && "is-inferred",
  ];
  return (
    <div
      id={rowId(row.spanId)}
      class={classes.filter(Boolean).join(" ")}
      role="treeitem"
      data-span={row.spanId}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isSelected}
      {...(hasChildren ? { "aria-expanded": isOpen } : {})}
      style={{ top: `${top}px` }}
      onClick={() => select(state, row)}
      onDblClick={() => showLarge(state, row)}
    >
      <div class="row-tree" style={{ paddingLeft: `${8 + INDENT * Math.min(row.depth, MAX_INDENT)}px` }}>
        {hasChildren ? (
          <span
            class="fold"
            onClick={(event) => {
              event.stopPropagation();
              setOpen(state, [row.index], !isOpen);
            }}
          >
            <Icon name={isOpen ? "open" : "closed"} size={14} />
          </span>
        ) : (
          <span class="fold" />
        )}
        {row.depth > MAX_INDENT && <span class="deep">{row.depth}</span>}
        <span class="type" title={typeName(row.type)}>
          <Icon name={typeIcon(row.type)} size={14} label={typeName(row.type)} />
        </span>
        <Foreign class="name" text={row.name} />
        <span class="unseen">{saidOf(row)}</span>
        <Flags row={row} isRunning={state.fresh.value.value?.trace.status === "open"} />
        <Sums row={row} hasChildren={hasChildren} isOpen={isOpen} />
      </div>
      <Bars state={state} row={row} />
    </div>
  );
}

/** What a screen reader says behind the type and the name: what others see by a colour or a sign. */
function saidOf(row: Row): string {
  const inner = problemsBelow(row);
  const status = row.inferred === true ? "" : `, ${statusWord(row.status)}`;
  return `${status}${inner > 0 ? `, ${formatCounted(inner, "problem")} below` : ""}`;
}

function problemsBelow(row: Row): number {
  return row.sum.errors + row.sum.unfinished - (isProblem(row) ? 1 : 0);
}

/** What is out of the ordinary. */
function Flags({ row, isRunning }: { row: Row; isRunning: boolean }): JSX.Element {
  return (
    <>
      {row.status !== "ok" && row.inferred !== true && (
        <span class={`flag status-${row.status}`} title={row.problem}>
          <Icon name={row.status} size={13} />
        </span>
      )}
      {row.inferred === true && (
        <span
          class="flag note"
          title="Not seen, but concluded from what the gateway answered: it has no time of its own"
        >
          inferred
        </span>
      )}
      {row.orphan === true && (
        <span
          class="flag note"
          title={
            isRunning
              ? "Its parent has not ended yet: spans come when they end"
              : "It names a parent that is not there: not arrived yet, or lost"
          }
        >
          {isRunning ? "parent runs" : "parent missing"}
        </span>
      )}
      {row.earlyMs !== undefined && (
        <span
          class="flag note"
          title={`It starts ${formatDuration(row.earlyMs)} before its parent: their clocks differ. Shown as reported`}
        >
          clock
        </span>
      )}
      {row.cached === true && (
        <span class="flag note" title="The answer came from the framework's own cache: no tokens were spent">
          cached
        </span>
      )}
    </>
  );
}

/** Problems, tokens and cost of all below. */
function Sums({ row, hasChildren, isOpen }: { row: Row; hasChildren: boolean; isOpen: boolean }): JSX.Element {
  const { sum } = row;
  const inner = problemsBelow(row);
  return (
    <span class="sums">
      {hasChildren && inner > 0 && (
        <span
          class="bad"
          aria-hidden="true"
          title={`${formatCount(sum.errors)} failed, ${formatCount(sum.unfinished)} unfinished below`}
        >
          {formatCount(inner)} ✕
        </span>
      )}
      {hasChildren && !isOpen && <span title="Spans below it">+{formatCount(sum.spans - 1)}</span>}
      {sum.tokens > 0 && <span title={`${formatCount(sum.tokens)} tokens`}>{formatShortCount(sum.tokens)} tok</span>}
      {sum.usd !== undefined && (
        <span title={sum.isPartial ? "At least: some prices are not known" : undefined}>
          {sum.isPartial ? "≥ " : ""}
          {formatUsd(sum.usd)}
        </span>
      )}
    </span>
  );
}
