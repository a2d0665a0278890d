/*
{
  "attempt": "Calls a tool by a name that would end its JSON string.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool('echo","input":{"name":"large', {}); } catch (error) { return "refused"; }
  return "called";
}
