/*
{
  "attempt": "Calls a tool once more than is allowed, one call after the other.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 21; i++) await host.callTool("echo", { i });
  return 1;
}
