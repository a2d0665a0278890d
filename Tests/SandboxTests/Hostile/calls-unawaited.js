/*
{
  "attempt": "Makes calls without waiting for one, and returns.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 10000; i++) host.callTool("echo", i);
  return "done";
}
