/*
{
  "attempt": "Asks for answers that are each allowed, and together are not.",
  "grants": {"tools": ["large"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 59}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 60; i++) await host.callTool("large", {});
  return "done";
}
