import { failing, ONLY_1, type Program, type Setting } from "./program.ts";

const schema = ({ libs }: Setting) => libs.z.object({ q: libs.z.string() });

/** Tools by what they return, and by who calls them. */
export const TOOL_KINDS: readonly Program[] = [
  {
    name: "a tool with an artifact",
    run: (s) =>
      s.libs
        .tool(async ({ q }: { q: string }) => [q, { rows: [1, 2, 3] }], {
          name: "query",
          description: "queries",
          schema: schema(s),
          responseFormat: "content_and_artifact",
        })
        .invoke({ type: "tool_call", id: "c1", name: "query", args: { q: "x" } }, { callbacks: s.callbacks }),
    expected: "tool query",
  },
  {
    name: "a tool that streams what it finds",
    lines: ["1"],
    run: (s) => {
      const search = s.libs.tool(
        async function* ({ q }: { q: string }) {
          yield `first of ${q}`;
          yield `second of ${q}`;
          return "two found";
        },
        { name: "search", description: "searches", schema: schema(s) },
      );
      return search.invoke({ q: "x" } as never, { callbacks: s.callbacks });
    },
    expected: "tool search [tool_event, tool_event]",
  },
  {
    name: "a tool that tells of its progress",
    run: (s) =>
      s.libs
        .tool(
          async ({ q }: { q: string }) => {
            await s.libs.dispatchCustomEvent("halfway", { q });
            return q;
          },
          { name: "slow", description: "is slow", schema: schema(s) },
        )
        .invoke({ q: "x" }, { callbacks: s.callbacks }),
    expected: "tool slow [halfway]",
  },
  {
    name: "a tool that calls a tool",
    run: (s) => {
      const inner = s.libs.tool(async ({ q }: { q: string }) => q, {
        name: "inner",
        description: "is inside",
        schema: schema(s),
      });
      const outer = s.libs.tool(async ({ q }: { q: string }) => inner.invoke({ q }), {
        name: "outer",
        description: "is outside",
        schema: schema(s),
      });
      return outer.invoke({ q: "x" }, { callbacks: s.callbacks });
    },
    expected: `
      tool outer
        tool inner`,
  },
  {
    name: "a node of tools that are called together, one of which fails",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      const good = libs.tool(async ({ q }: { q: string }) => q, { name: "good", description: "g", schema: schema(s) });
      const bad = libs.tool(() => Promise.reject(new Error("no")), {
        name: "bad",
        description: "b",
        schema: schema(s),
      });
      const message = new libs.AIMessage({
        content: "",
        tool_calls: [
          { id: "1", name: "good", args: { q: "x" }, type: "tool_call" },
          { id: "2", name: "bad", args: { q: "x" }, type: "tool_call" },
        ],
      });
      return new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("tools", new libs.ToolNode([good, bad as never]))
        .addEdge(libs.START, "tools")
        .compile()
        .invoke({ messages: [message] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain tools
          tool bad error: no
          tool good`,
  },
  {
    name: "a graph inside a tool inside a chain",
    run: (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("think", async ({ messages }) => ({ messages: [await s.chat().invoke(messages)] }))
        .addEdge(libs.START, "think")
        .compile({ name: "Thinker" });
      const think = libs.tool(
        async ({ q }: { q: string }) => {
          const { messages } = await graph.invoke({ messages: [{ role: "user", content: q }] });
          return messages.at(-1)?.text ?? "";
        },
        { name: "think", description: "thinks", schema: schema(s) },
      );
      return libs.RunnableLambda.from((q: string) => ({ q }))
        .pipe(think)
        .invoke("[[say:thought]]", { callbacks });
    },
    expected: `
      chain RunnableSequence
        chain RunnableLambda
        tool think
          chain Thinker
            chain think
              llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a tool whose model is refused",
    run: (s) =>
      failing(() =>
        s.libs
          .tool(async () => (await s.chat().invoke("[[status:403]]")).text, {
            name: "ask",
            description: "asks",
            schema: schema(s),
          })
          .invoke({ q: "x" }, { callbacks: s.callbacks }),
      ),
    expected: `
      tool ask error: 403 scripted failure 403
        llm ChatOpenAI error: 403 scripted failure 403`,
  },
  {
    name: "middleware that tries a tool again, and falls back to another model",
    lines: ["1"],
    run: (s) => {
      let tries = 0;
      const flaky = s.libs.tool(
        async ({ q }: { q: string }) => {
          tries += 1;
          if (tries === 1) throw new Error("not yet");
          return q;
        },
        { name: "flaky", description: "fails once", schema: schema(s) },
      );
      const retry = s.libs.toolRetryMiddleware({ maxRetries: 2, initialDelayMs: 1, backoffFactor: 0 });
      const fallback = s.libs.modelFallbackMiddleware(s.chat({ model: "second" }));
      return s.libs
        .createAgent({ model: s.chat({ model: "first" }), tools: [flaky], middleware: [retry, fallback] as never })
        .invoke(
          {
            messages: [{ role: "user", content: `[[flaky:400:1]][[call:flaky:{"q":"x"}]] ${Math.random()}` }],
          } as never,
          { callbacks: s.callbacks } as never,
        );
    },
    expected: `
      agent LangGraph
        chain model_request
          llm ChatOpenAI error: 400 scripted failure 400
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain RunnableLambda
        chain tools
          tool flaky error: not yet
          tool flaky
        chain model_request
          llm ChatOpenAI 30+3=33 cached 3 reasoning 2
          chain RunnableLambda`,
  },
  {
    name: "an agent of LangChain's in a chain, streamed",
    lines: ONLY_1,
    run: async (s) => {
      const agent = s.libs.createAgent({ model: s.chat(), tools: [], name: "Inner" });
      const chain = s.libs.RunnableLambda.from(async (x: string) => {
        const { messages } = await agent.invoke({ messages: [{ role: "user", content: `[[say:in chain]] ${x}` }] });
        return messages.at(-1)?.text ?? "";
      }).pipe(s.libs.RunnableLambda.from((text: string) => text.length));
      for await (const _part of await chain.stream("x", { callbacks: s.callbacks }));
    },
    expected: {
      "1": `
        chain RunnableSequence
          chain RunnableLambda
            agent Inner
              chain model_request
                llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain RunnableLambda`,
      "1.0": `
        chain RunnableSequence
          chain RunnableLambda
            agent Inner
              chain model_request
                chain RunnableSequence
                  chain prompt
                  llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain RunnableLambda`,
    },
  },
];
