import type { JSX } from "preact";
import { params, setParams } from "../router.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Empty } from "../ui/messages.tsx";

const PROGRAM = `import { LangchainCallbackHandler } from "@portkey-tracing/langchain";

const handler = new LangchainCallbackHandler();
await chain.invoke(input, { callbacks: [handler] });
await handler.flush();`;

/** No trace is there, or none that was asked for. */
export function NoTraces(): JSX.Element {
  const isAsked = ["q", "cursor"].some((name) => params.value.has(name));
  if (isAsked) {
    return (
      <Empty title="No trace is like that">
        <p>Every condition must hold, and one span must have all of the words.</p>
        <button type="button" class="button" onClick={() => setParams({ q: undefined, cursor: undefined }, true)}>
          Show all traces
        </button>
      </Empty>
    );
  }
  const variable = `PORTKEY_BASE_URL=${location.origin}/v1`;
  return (
    <Empty title="No traces yet">
      <p>Start your program with this in its environment, and its traces appear here by themselves:</p>
      <div class="code-line">
        <pre tabIndex={0}>{variable}</pre>
        <CopyButton text={() => variable} label="Copy" />
      </div>
      <p>A program needs no more than a handler:</p>
      <pre class="code" tabIndex={0}>
        {PROGRAM}
      </pre>
      <p class="dim">
        For LlamaIndex.TS it is <code>LlamaIndexCallbackHandler</code> of <code>@portkey-tracing/llamaindex</code>.
      </p>
    </Empty>
  );
}
