/*
{
  "attempt": "Calls a tool by an array of one name: it is refused, or called by that very name.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "contained", "callsOnlyTo": ["echo"]}
}
*/
export default async function handler(input, host) {
  try { await host.callTool(["echo"], {}); } catch (error) { return "contained"; }
  return "contained";
}
