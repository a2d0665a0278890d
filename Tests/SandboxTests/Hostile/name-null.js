/*
{
  "attempt": "Calls a tool by null.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(null, {}); } catch (error) { return "refused"; }
  return "called";
}
