import { type Signal, useSignal } from "@preact/signals";
import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** An element's inner size in CSS pixels, followed. */
export function useSize<E extends Element>(): { ref: RefObject<E>; width: Signal<number>; height: Signal<number> } {
  const ref = useRef<E>(null);
  const width = useSignal(0);
  const height = useSignal(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const read = (): void => {
      width.value = element.clientWidth;
      height.value = element.clientHeight;
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width, height };
}
