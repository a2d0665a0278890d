/*
{
  "attempt": "Names a tool by a frame.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "true result", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("\u0002\u0000\u0000\u0000R\u0000\u0000\u0000\u0000{}", {}); } catch (error) {}
  return "true result";
}
