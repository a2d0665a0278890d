/*
{
  "attempt": "Calls a tool by its name in capitals.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("ECHO", {}); } catch (error) { return "refused"; }
  return "called";
}
