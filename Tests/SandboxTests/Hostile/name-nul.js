/*
{
  "attempt": "Calls a tool by its name, a NUL, and more.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo\0rm", {}); } catch (error) { return "refused"; }
  return "called";
}
