/*
{
  "attempt": "Calls a tool by its name and a newline.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo\n", {}); } catch (error) { return "refused"; }
  return "called";
}
