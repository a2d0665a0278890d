/*
{
  "attempt": "Calls a tool by a name of full-width letters, which normalize to the granted one.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("\uff45\uff43\uff48\uff4f", {}); } catch (error) { return "refused"; }
  return "called";
}
