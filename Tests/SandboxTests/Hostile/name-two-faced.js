/*
{
  "attempt": "Calls a tool by an object that says one name when it is checked, and another when it is used.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "contained", "callsOnlyTo": ["echo"]}
}
*/
export default async function handler(input, host) {
  let asked = 0;
  try { await host.callTool({ toString: () => (asked++ ? "large" : "echo") }, {}); } catch (error) {}
  return "contained";
}
