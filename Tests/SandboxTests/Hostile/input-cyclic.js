/*
{
  "attempt": "Calls a tool with a value that holds itself.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try {
    return { answer: await host.callTool("echo", (() => { const value = {}; value.self = value; return value; })()) };
  } catch (error) { return "refused"; }
}
