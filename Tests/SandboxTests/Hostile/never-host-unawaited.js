/*
{
  "attempt": "Leaves a call that never answers behind, and returns.",
  "grants": {"tools": ["never"]},
  "expect": {"result": "done"}
}
*/
export default async function handler(input, host) {
  host.callTool("never", {});
  return "done";
}
