/*
{
  "attempt": "Calls a tool exactly as often as is allowed.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"result": 1, "calls": 20}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 20; i++) await host.callTool("echo", { i });
  return 1;
}
