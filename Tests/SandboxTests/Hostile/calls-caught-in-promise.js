/*
{
  "attempt": "Swallows every refusal inside promises that nobody awaits, and returns.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 1000; i++) host.callTool("echo", {}).catch(() => {}).finally(() => {});
  await null;
  return "done";
}
