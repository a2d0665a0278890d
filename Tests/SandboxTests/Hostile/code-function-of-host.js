/*
{
  "attempt": "Reaches the Function constructor by way of a function of the host.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (host.callTool.constructor("globalThis.escaped = true")()); } catch (error) {}
  return globalThis.escaped;
}
