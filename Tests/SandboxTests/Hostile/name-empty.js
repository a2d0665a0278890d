/*
{
  "attempt": "Calls a tool by an empty name.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("", {}); } catch (error) { return "refused"; }
  return "called";
}
