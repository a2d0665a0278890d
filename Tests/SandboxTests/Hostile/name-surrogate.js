/*
{
  "attempt": "Calls a tool by its name and half a character.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo\ud800", {}); } catch (error) { return "refused"; }
  return "called";
}
