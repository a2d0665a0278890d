/*
{
  "attempt": "Calls a tool with a function.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { return { answer: await host.callTool("echo", () => 1) }; } catch (error) { return "refused"; }
}
