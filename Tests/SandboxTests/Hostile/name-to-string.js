/*
{
  "attempt": "Calls a tool by the name of an inherited function.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("toString", {}); } catch (error) { return "refused"; }
  return "called";
}
