/*
{
  "attempt": "Calls a tool by a number.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(0, {}); } catch (error) { return "refused"; }
  return "called";
}
