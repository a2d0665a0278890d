/*
{
  "attempt": "Calls a tool without a name.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(undefined, {}); } catch (error) { return "refused"; }
  return "called";
}
