/*
{
  "attempt": "Calls a tool by a symbol whose description is its name.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(Symbol("echo"), {}); } catch (error) { return "refused"; }
  return "called";
}
