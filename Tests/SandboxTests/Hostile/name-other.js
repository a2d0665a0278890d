/*
{
  "attempt": "Calls a tool that exists for others, and is not granted.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("large", {}); } catch (error) { return "refused"; }
  return "called";
}
