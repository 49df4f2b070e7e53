import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { useKeys } from "./keys.ts";

const isOpen = signal(false);

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Everywhere",
    [
      ["/", "search"],
      ["?", "these keys"],
      ["Esc", "leave what is open, then go back"],
    ],
  ],
  [
    "List",
    [
      ["j k", "next, previous trace"],
      ["Enter", "open it"],
    ],
  ],
  [
    "Trace",
    [
      ["j k  ↓ ↑", "next, previous span"],
      ["← →", "close, open what is below it"],
      ["e  E", "next, previous problem"],
      ["n  N", "next, previous span found"],
      ["+  −  0", "zoom in, out, all"],
      ["z", "the time of the span"],
      ["a  d", "move the view in time"],
      ["c", "critical path"],
      ["x", "close or open all"],
    ],
  ],
];

/** The button and the dialog of the keyboard's keys. */
export function Help(): JSX.Element {
  useKeys({ "?": () => void (isOpen.value = true) });
  return (
    <>
      <button
        type="button"
        class="button bare"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => (isOpen.value = true)}
      >
        <Icon name="help" />
      </button>
      {isOpen.value && <KeysDialog />}
    </>
  );
}

function close(): void {
  isOpen.value = false;
}

function KeysDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={close} onClick={() => dialog.current?.close()}>
      {KEYS.map(([title, keys]) => (
        <section key={title}>
          <h2>{title}</h2>
          <dl>
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  {key.split(/ +/).map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <form method="dialog">
        <button class="button" type="submit">
          Close
        </button>
      </form>
    </dialog>
  );
}
