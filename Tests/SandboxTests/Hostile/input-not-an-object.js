/*
{
  "attempt": "Calls a tool with text.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"answer": "text"}, "calls": 1}
}
*/
export default async function handler(input, host) {
  try { return { answer: await host.callTool("echo", "text") }; } catch (error) { return "refused"; }
}
