import { failing, type Program, type Setting } from "./program.ts";

type Agent = { invoke(input: unknown, config: unknown): Promise<unknown> };

const add = ({ libs }: Setting) =>
  libs.tool(async ({ a }: { a: number }) => `${a}`, {
    name: "add",
    description: "adds",
    schema: libs.z.object({ a: libs.z.number() }),
  });

const agentWith = (s: Setting, ...middleware: unknown[]): Agent =>
  s.libs.createAgent({ model: s.chat(), tools: [add(s)], middleware, checkpointer: new s.libs.MemorySaver() } as never);

const thread = ({ callbacks }: Setting) => ({ callbacks, configurable: { thread_id: `thread-${Math.random()}` } });

const ask = (content: string) => ({ messages: [{ role: "user", content }] });
const ADD = '[[call:add:{"a":1}]]';

/** What middleware of LangChain's own does with the calls of an agent. */
export const MIDDLEWARE: readonly Program[] = [
  {
    name: "middleware that asks a model again, and goes on without it",
    lines: ["1"],
    run: (s) =>
      agentWith(s, s.libs.modelRetryMiddleware({ maxRetries: 1, initialDelayMs: 1, jitter: false })).invoke(
        ask("[[status:500]] go"),
        thread(s),
      ),
    expected: `
      agent LangGraph
        chain model_request
          llm ChatOpenAI error: 500 scripted failure 500
          llm ChatOpenAI error: 500 scripted failure 500
          chain RunnableLambda`,
  },
  {
    name: "middleware that asks a model twice at once",
    lines: ["1"],
    run: (s) => {
      const twice = s.libs.createMiddleware({
        name: "Twice",
        wrapModelCall: async (request, handler) => {
          const [first] = await Promise.all([handler(request), handler(request)]);
          return first;
        },
      });
      return agentWith(s, twice).invoke(ask("[[say:one answer]]"), thread(s));
    },
    expected: `
      agent LangGraph
        chain model_request
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain RunnableLambda`,
  },
  {
    name: "middleware in which a model stands for a tool",
    lines: ["1"],
    run: (s) =>
      agentWith(s, s.libs.toolEmulatorMiddleware({ model: s.chat() })).invoke(
        ask(`${ADD}[[next]][[say:done]]`),
        thread(s),
      ),
    expected: `
      agent LangGraph
        chain model_request
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain RunnableLambda
        chain tools
          llm ChatOpenAI 10+5=15 cached 3 reasoning 2
        chain model_request
          llm ChatOpenAI 30+1=31 cached 3 reasoning 2
          chain RunnableLambda`,
  },
  {
    name: "middleware that allows one call to a model",
    lines: ["1"],
    run: (s) => {
      const limit = s.libs.modelCallLimitMiddleware({ runLimit: 1, exitBehavior: "error" } as never);
      return failing(() => agentWith(s, limit).invoke(ask(`${ADD} go`), thread(s)));
    },
    expected: `
      agent LangGraph error: Model call limits exceeded: run level call limit reached with 1 model calls
        chain ModelCallLimitMiddleware.before_model
          chain RunnableLambda
        chain model_request
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain ModelCallLimitMiddleware.after_model
          chain RunnableLambda
        chain tools
          tool add
        chain ModelCallLimitMiddleware.before_model error: Model call limits exceeded: run level call limit reached with 1 model calls`,
  },
  {
    name: "middleware that waits for a human around a tool",
    lines: ["1"],
    run: async (s) => {
      const asking = s.libs.createMiddleware({
        name: "Asking",
        wrapToolCall: (request, handler) => {
          s.libs.interrupt("ok?");
          return handler(request);
        },
      });
      const config = thread(s);
      const agent = agentWith(s, asking);
      await agent.invoke(ask(`${ADD} go`), config);
      await agent.invoke(new s.libs.Command({ resume: "yes" }), config);
    },
    expected: `
      agent LangGraph
        chain model_request
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain RunnableLambda
        chain tools interrupted
      agent LangGraph
        chain tools
          tool add
        chain model_request
          llm ChatOpenAI 30+3=33 cached 3 reasoning 2
          chain RunnableLambda`,
  },
];
