/*
{
  "attempt": "Calls a tool by its name after a space.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(" echo", {}); } catch (error) { return "refused"; }
  return "called";
}
