/*
{
  "attempt": "Calls a tool by a name whose first letter is Cyrillic.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("\u0435cho", {}); } catch (error) { return "refused"; }
  return "called";
}
