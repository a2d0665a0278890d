/*
{
  "attempt": "Calls a tool with a request beyond the limit.",
  "limits": {"hostCallBytes": 10000},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_too_large", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo", "x".repeat(20000));
}
