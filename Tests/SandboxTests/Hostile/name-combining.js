/*
{
  "attempt": "Calls a tool by its name and an invisible joiner.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo\u200d", {}); } catch (error) { return "refused"; }
  return "called";
}
