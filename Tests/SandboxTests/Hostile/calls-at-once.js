/*
{
  "attempt": "Makes 100,000 calls at once.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  await Promise.all(Array.from({ length: 100000 }, (_, i) => host.callTool("echo", { i })));
}
