/*
{
  "attempt": "Calls a tool by the name of an inherited property.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("constructor", {}); } catch (error) { return "refused"; }
  return "called";
}
