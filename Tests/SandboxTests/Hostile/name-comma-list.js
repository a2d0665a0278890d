/*
{
  "attempt": "Calls a tool by a list of two names.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo,large", {}); } catch (error) { return "refused"; }
  return "called";
}
