import { type BaseModule, watchBases } from "./bases.ts";
import type { Copy } from "./copy.ts";
import { StreamedAnswer, toChatAnswer } from "./map/chat-answer.ts";
import { toMessages } from "./map/messages.ts";
import { toModelName } from "./map/model.ts";
import { toAnswer, toNodes, toText } from "./map/views.ts";
import type { Observer } from "./observer.ts";
import type { Run } from "./runs.ts";
import {
  className,
  type EventCaller,
  isChatAgent,
  isLive,
  isLlm,
  isRetriever,
  isSynthesizer,
  read,
  readList,
  readPath,
  readText,
} from "./shapes.ts";
import { enclosingRunOf, nameEngines } from "./wrap/chat-engine.ts";
import { describeChat } from "./wrap/llm.ts";
import { isOwnRetrieval } from "./wrap/own-retriever.ts";
import { endParser, startParser } from "./wrap/parser.ts";
import { startTool } from "./wrap/tool.ts";

/** One event of LlamaIndex's callback manager, in the context of the code that dispatched it. */
interface Happening {
  readonly observer: Observer;
  readonly detail: unknown;
  /** The method that dispatched it; absent where LlamaIndex does not say. */
  readonly caller: EventCaller | undefined;
}

type Reader = (happening: Happening) => void;

/** Events that become spans. All others (chunking, what single providers add) are passed over. */
const READERS: Readonly<Record<string, Reader>> = {
  "query-start": startQuery,
  "query-end": endQuery,
  "retrieve-start": startRetrieval,
  "retrieve-end": endRetrieval,
  "synthesize-start": startSynthesis,
  "synthesize-end": endSynthesis,
  "llm-start": startLlm,
  "llm-stream": streamLlm,
  "llm-end": endLlm,
  "llm-tool-call": callTool,
  "llm-tool-result": endTool,
  "agent-start": startAgent,
  "agent-end": endAgent,
  "node-parsing-start": startParsing,
  "node-parsing-end": endParsing,
};

/** Events that only a base class dispatches: its module is loaded. */
const BASE_OF_EVENT: Readonly<Record<string, readonly BaseModule[]>> = {
  "retrieve-start": ["retriever"],
  "synthesize-start": ["response-synthesizers"],
  "agent-start": ["agent"],
  "node-parsing-start": ["node-parser"],
};

/** Reads one event. Called before the manager's own listeners, on the stack of the traced program. */
export function readEvent(observer: Observer, copy: Copy | undefined, event: unknown, detail: unknown): void {
  const reader = typeof event === "string" && Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  if (reader === undefined) return;
  observer.guard(() => {
    const base = BASE_OF_EVENT[event as string];
    if (base !== undefined) watchBases(observer, copy, base);
    // A stream is read in the context of its reader, which says nothing of the model.
    const caller = event === "llm-stream" ? undefined : copy?.caller();
    if (event !== "llm-stream") nameEngines(observer);
    reader({ observer, detail, caller });
  });
}

function startQuery({ observer, detail, caller }: Happening): void {
  const engine = caller?.caller;
  const { runs } = observer;
  const name = engine === undefined ? "QueryEngine" : className(engine);
  const input = read(detail, "query");
  const run = runs.start({ type: "query", name, input, subject: engine, caller, endsBy: "events" });
  began(observer, detail, run);
  if (engine === undefined) return;
  observer.look(engine);
  observer.announce(run, engine);
}

function endQuery({ observer, detail }: Happening): void {
  finish(observer, detail, () => toAnswer(read(detail, "response")));
}

function startRetrieval({ observer, detail, caller }: Happening): void {
  if (isOwnRetrieval(observer)) return;
  const query = read(detail, "query");
  const input = read(query, "query") ?? query;
  const name = isRetriever(observer.entering) ? className(observer.entering) : "Retriever";
  const run = observer.runs.start({ type: "retriever", name, input, caller, endsBy: "events" });
  began(observer, detail, run);
  observer.announce(run, query);
}

function endRetrieval({ observer, detail }: Happening): void {
  finish(observer, detail, () => toNodes(readList(detail, "nodes")));
}

function startSynthesis({ observer, detail, caller }: Happening): void {
  const query = read(detail, "query");
  const nodes = read(query, "nodes");
  const question = read(query, "query");
  const input = {
    query: read(question, "query") ?? question,
    nodes: Array.isArray(nodes) ? toNodes(nodes) : undefined,
  };
  const name = isSynthesizer(observer.entering) ? className(observer.entering) : "Synthesizer";
  const run = observer.runs.start({ type: "synthesizer", name, input, caller, endsBy: "events" });
  began(observer, detail, run);
  observer.announce(run, nodes);
}

function endSynthesis({ observer, detail }: Happening): void {
  finish(observer, detail, () => toAnswer(read(detail, "response")));
}

/** A model that is watched makes its own span; an event of one that was never seen makes it known. */
function startLlm({ observer, detail, caller }: Happening): void {
  const llm = caller !== undefined && isLlm(caller.caller) ? caller.caller : undefined;
  const current = observer.runs.current();
  const isWatched = current?.type === "llm" && current.isOpen && (llm === undefined || current.subject === llm);
  if (isWatched) {
    observer.heard.add(current);
    return;
  }
  const messages = read(detail, "messages");
  const described =
    llm === undefined
      ? { type: "llm" as const, name: "LLM", input: { messages: toMessages(messages) }, model: {} }
      : describeChat(llm, { messages });
  began(observer, detail, observer.runs.start({ ...described, subject: llm, endsBy: "events" }));
  observer.look(llm);
}

function streamLlm({ observer, detail }: Happening): void {
  const run = observer.byEvent.get(readText(detail, "id") ?? "");
  if (run === undefined) return;
  const chunk = read(detail, "chunk");
  observer.runs.token(run, readText(chunk, "delta") ?? "", readList(read(chunk, "options"), "toolCall").length > 0);
}

function endLlm({ observer, detail }: Happening): void {
  const run = observer.take(readText(detail, "id") ?? "");
  if (run === undefined) return;
  const response = read(detail, "response");
  const raw = read(response, "raw");
  const model = run.subject === undefined ? (readText(raw, "model") ?? "LLM") : toModelName(run.subject);
  observer.runs.end(run, { output: Array.isArray(raw) ? gather(raw, model) : toChatAnswer(response, model) });
}

function gather(chunks: readonly unknown[], model: string): unknown {
  const answer = new StreamedAnswer();
  for (const chunk of chunks) answer.add(chunk);
  return answer.toAnswer(model);
}

function callTool({ observer, detail, caller }: Happening): void {
  const call = read(detail, "toolCall");
  const name = readText(call, "name") ?? "tool";
  const input = read(call, "input");
  const id = readText(call, "id");
  const watched = observer.takeAnnounced(id ?? call);
  if (watched !== undefined && isLive(input)) observer.byToolInput.set(input, watched);
  const run = watched ?? startTool(observer, { id, name, input, caller, endsBy: "events" });
  observer.announce(run, input);
}

function endTool({ observer, detail }: Happening): void {
  const input = readPath(detail, "toolCall", "input");
  const run = isLive(input) ? observer.byToolInput.get(input) : undefined;
  if (run === undefined) return;
  observer.runs.end(run, { output: readPath(detail, "toolResult", "output") });
}

/** One for each step: the first one starts the agent, a later one tells of tools that failed. */
function startAgent({ observer, detail, caller }: Happening): void {
  const step = read(detail, "startStep");
  const agent = caller?.caller;
  if (caller === undefined || agent === undefined || !isChatAgent(agent)) return;
  if (observer.runs.isBound(caller)) return;
  const watched = enclosingRunOf(observer, agent);
  if (watched !== undefined) {
    observer.runs.bind(caller, watched);
    observer.agents.set(caller, watched);
    return;
  }
  const input = toText(read(readList(readPath(step, "context", "store"), "messages").at(-1), "content"));
  const name = className(agent);
  const run = observer.runs.start({ type: "agent", name, input, subject: agent, caller, endsBy: "events" });
  if (run !== undefined) observer.agents.set(caller, run);
  observer.look(agent);
}

function endAgent({ observer, detail, caller }: Happening): void {
  const run = caller === undefined ? undefined : observer.agents.get(caller);
  // A wrapper tells the end of its run, but not of streams that are read in other ways than it knows.
  if (run === undefined || (run.endsBy === "itself" && run.children.size === 0)) return;
  const last = readList(readPath(detail, "endStep", "context", "store"), "messages").at(-1);
  const output = toText(read(last, "content"));
  if (run.children.size === 0) {
    observer.runs.end(run, { output });
    return;
  }
  // The answer is still streamed.
  run.endsBy = "silence";
}

/** A parser that is watched makes its own span. */
function startParsing({ observer, detail }: Happening): void {
  if (isParsing(observer)) return;
  const run = startParser(observer, "NodeParser", read(detail, "documents"));
  if (run !== undefined) observer.parsers.push(run);
}

function endParsing({ observer, detail }: Happening): void {
  const run = isParsing(observer) ? undefined : observer.parsers.pop();
  if (run !== undefined) endParser(observer, run, read(detail, "nodes"));
}

function isParsing(observer: Observer): boolean {
  const current = observer.runs.current();
  return current?.type === "parser" && current.isOpen;
}

function began(observer: Observer, detail: unknown, run: Run | undefined): void {
  const id = readText(detail, "id");
  if (id !== undefined && run !== undefined) observer.remember(id, run);
}

/** The end event of a streamed answer comes before the stream has begun. */
function finish(observer: Observer, detail: unknown, output: () => unknown): void {
  const run = observer.take(readText(detail, "id") ?? "");
  if (run === undefined || observer.streaming.has(run)) return;
  observer.runs.end(run, { output: output() });
}
