import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";

const LEAST = 140;
const MOST = 900;
const STEP = 20;

/** Width of the tree beside the bars, in pixels. */
export const treeWidth: Signal<number> = signal(380);

/** Between tree and bars: dragged, or moved with the arrow keys. */
export function Splitter(): JSX.Element {
  const set = (width: number): void => void (treeWidth.value = Math.min(MOST, Math.max(LEAST, Math.round(width))));
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the tree"
      aria-valuenow={treeWidth.value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        const left = event.currentTarget.parentElement?.getBoundingClientRect().left;
        if (left !== undefined && event.currentTarget.hasPointerCapture(event.pointerId)) set(event.clientX - left);
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0;
        if (by === 0) return;
        set(treeWidth.value + by);
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
