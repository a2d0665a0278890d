/*
{
  "attempt": "Calls a tool by a String object with a toString of its own.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "contained", "callsOnlyTo": ["echo"]}
}
*/
export default async function handler(input, host) {
  class Name extends String { toString() { return "large"; } valueOf() { return "large"; } }
  try { await host.callTool(new Name("echo"), {}); } catch (error) {}
  return "contained";
}
