import { type JSX, render } from "preact";
import { startLive } from "./api/live.ts";
import { ListView } from "./list/list-view.tsx";
import { place, startRouter } from "./router.ts";
import { SessionView } from "./session/session-view.tsx";
import { TraceView } from "./trace/trace-view.tsx";

function Page(): JSX.Element {
  const shown = place.value;
  switch (shown.name) {
    case "list":
      return <ListView />;
    case "trace":
      return <TraceView key={shown.traceId} traceId={shown.traceId} />;
    case "session":
      return <SessionView key={shown.sessionId} sessionId={shown.sessionId} />;
  }
}

const root = document.getElementById("page");
if (root === null) throw new Error("the document has no place for the page");
startRouter();
startLive();
render(<Page />, root);
