/*
{
  "attempt": "Calls a tool by a path that leads to it.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("../tools/echo", {}); } catch (error) { return "refused"; }
  return "called";
}
