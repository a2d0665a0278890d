/*
{
  "attempt": "Catches every refusal, and calls again.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (;;) { try { await host.callTool("echo", {}); } catch (error) {} }
}
