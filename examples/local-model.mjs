// With OPENAI_API_KEY unset, a local server answers in the model's place. The clients are the real ones, over real HTTP.
import { startModelServer } from "./model-server.mjs";

/** What the local model says to the questions of the examples. */
const RULES = [
  {
    when: /weather in Paris/,
    script: '[[call:get_weather:{"city":"Paris"}]][[next]][[say:It is sunny in Paris, at 22 °C.]]',
  },
  {
    when: /send my lamp back/,
    script: '[[call:look_up:{"query":"May it be returned?"}]][[next]][[say:Yes, within 30 days.]]',
  },
  { when: /refund/, script: "[[say:You have 30 days to return anything.]]" },
  {
    when: /blue lamp/,
    script:
      '[[call:get_price:{"product":"blue lamp"}]][[next]][[call:to_dollars:{"euros":40}]][[next]][[say:The blue lamp costs 44 dollars.]]',
  },
];

if (!process.env.OPENAI_API_KEY) {
  const { baseURL, unref } = await startModelServer({ rules: RULES });
  unref();
  process.env.OPENAI_API_KEY = "none-needed";
  process.env.OPENAI_BASE_URL = baseURL;
}
