/*
{
  "attempt": "Leaves the rejection of a host call unhandled, and returns.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "done", "calls": 1}
}
*/
export default async function handler(input, host) {
  host.callTool("other", {});
  await host.callTool("echo", {});
  return "done";
}
