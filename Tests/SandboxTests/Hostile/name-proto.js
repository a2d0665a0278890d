/*
{
  "attempt": "Calls a tool by the name __proto__.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("__proto__", {}); } catch (error) { return "refused"; }
  return "called";
}
