// What the server will answer, read from directives in the last user message:
//
//   [[say:text]]            the text of the answer
//   [[call:name:{"a":1}]]   a tool call; several stand for parallel calls. Once its tool has answered, the script goes on
//   [[next]]                separates the steps of an agent: step n answers after n rounds of tool calls
//   [[json:{"a":1}]]        the answer to a request for structured output or a forced tool
//   [[status:500]]          fails with this HTTP status
//   [[flaky:429:2]]         fails so often for this very message, then goes on
//   [[delay:50]] [[jitter:40]]  waits before it answers; jitter is a random part
//   [[chunkdelay:10]]       waits between the chunks of a stream
//   [[midabort]]            a stream whose connection breaks after two chunks
//   [[sseerror]]            a stream that sends an error object after two chunks
//   [[empty]]               a stream without any chunk
//   [[nousage]]             no token counts
//
// Token counts are the same every time: 10 for each message of the prompt, and one for each word of the answer, 7 for
// each tool call, 3 for each embedded text.

/** @returns the planner of one server; it remembers how often a flaky message has failed. */
export function createPlanner(rules) {
  const failures = new Map();
  return {
    chat: (messages, body) => planChat(messages, body, rules, failures),
    embedding: (input) => planEmbedding([input].flat().join("\n"), failures),
  };
}

function planChat(messages, body, rules, failures) {
  const at = messages.findLastIndex((message) => message.role === "user");
  const asked = textOf(messages[at]?.content ?? messages.at(-1)?.content);
  const script = asked.includes("[[") ? asked : scriptFor(asked, messages, rules);
  const steps = script.split("[[next]]");
  const rounds = messages.slice(at + 1).filter((message) => message.tool_calls?.length > 0).length;
  const directives = readDirectives(steps[Math.min(rounds, steps.length - 1)] ?? "");
  const all = readDirectives(script);
  const say = directives.get("say")?.[0];
  const calls = hasTools(body) && !answered(directives, rounds, steps) ? toCalls(directives, body) : [];
  return {
    ...timing(all),
    failure: failureOf(all, asked, failures),
    text:
      calls.length > 0
        ? null
        : (structured(directives, body) ?? say ?? toolEcho(messages) ?? "Hello from the model server."),
    calls,
    usage: all.has("nousage")
      ? undefined
      : usageOf(
          messages,
          calls,
          structured(directives, body) ?? say ?? toolEcho(messages) ?? "Hello from the model server.",
        ),
    breaks: all.has("midabort") ? "connection" : all.has("sseerror") ? "error" : undefined,
    empty: all.has("empty"),
  };
}

function planEmbedding(text, failures) {
  const directives = readDirectives(text);
  return { ...timing(directives), failure: failureOf(directives, text, failures) };
}

/** A call that is not followed by a further step is made once. */
function answered(directives, rounds, steps) {
  return rounds > steps.length - 1 || (rounds === steps.length && directives.has("call"));
}

function hasTools(body) {
  return (body.tools?.length ?? 0) > 0 || (body.functions?.length ?? 0) > 0;
}

function toCalls(directives, body) {
  const calls = (directives.get("call") ?? []).map((value) => {
    const colon = value.indexOf(":");
    return { name: value.slice(0, colon), arguments: value.slice(colon + 1) };
  });
  const forced = body.tool_choice?.function?.name ?? body.tool_choice?.name;
  if (calls.length === 0 && forced !== undefined)
    calls.push({ name: forced, arguments: directives.get("json")?.[0] ?? "{}" });
  return calls;
}

function structured(directives, body) {
  const format = body.response_format?.type ?? body.text?.format?.type ?? "text";
  return format === "text" ? undefined : directives.get("json")?.[0];
}

function scriptFor(asked, messages, rules) {
  return rules.find((rule) => rule.when.test(asked) || rule.when.test(textOf(messages[0]?.content)))?.script ?? "";
}

/** Without a script, an answer after tool calls repeats what the tools said. */
function toolEcho(messages) {
  const tail = [];
  for (const message of messages.toReversed()) {
    if (message.role !== "tool" && message.role !== "function") break;
    tail.unshift(textOf(message.content));
  }
  return tail.length === 0 ? undefined : `Final answer: ${tail.join(" | ")}`;
}

function usageOf(messages, calls, text) {
  const prompt_tokens = 10 * messages.length;
  const completion_tokens = calls.length > 0 ? 7 * calls.length : text.split(/\s+/).filter(Boolean).length;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 0 },
  };
}

function timing(directives) {
  const number = (name) => Number(directives.get(name)?.[0] ?? 0);
  return { delayMs: number("delay") + Math.random() * number("jitter"), chunkDelayMs: number("chunkdelay") };
}

function failureOf(directives, key, failures) {
  const status = directives.get("status")?.[0];
  if (status !== undefined) return Number(status);
  const [flaky, times] = directives.get("flaky")?.[0]?.split(":") ?? [];
  const failed = failures.get(key) ?? 0;
  if (flaky === undefined || failed >= Number(times)) return undefined;
  failures.set(key, failed + 1);
  return Number(flaky);
}

/** Directives of a text by name. A value may hold brackets, as long as they are balanced. */
function readDirectives(text) {
  const found = new Map();
  for (let at = text.indexOf("[["); at !== -1; at = text.indexOf("[[", at + 2)) {
    const body = text.slice(at + 2, endOf(text, at + 2));
    const colon = body.indexOf(":");
    const name = colon === -1 ? body : body.slice(0, colon);
    found.set(name, [...(found.get(name) ?? []), colon === -1 ? "" : body.slice(colon + 1)]);
  }
  return found;
}

function endOf(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{" || text[at] === "[") depth += 1;
    else if (text[at] === "}" || (text[at] === "]" && depth > 0)) depth -= 1;
    else if (text[at] === "]" && text[at + 1] === "]") return at;
  }
  return text.length;
}

/** The text of a message, whatever form its content has. */
export function textOf(content) {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => part.text ?? part.input_text ?? "").join("");
  return String(content);
}
