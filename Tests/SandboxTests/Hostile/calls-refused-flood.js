/*
{
  "attempt": "Names tools that are not granted, without end: refusals count too.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "calls": 0}
}
*/
export default async function handler(input, host) {
  for (;;) { try { await host.callTool("other", {}); } catch (error) {} }
}
