/*
{
  "attempt": "Calls a tool with a getter that says something else each time: one reading is sent.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"answer": {"value": 1}}, "calls": 1}
}
*/
export default async function handler(input, host) {
  try {
    return {
      answer: await host.callTool("echo", (() => { let asked = 0; return { get value() { return ++asked; } }; })())
    };
  } catch (error) { return "refused"; }
}
