/*
{
  "attempt": "Has the host send megabytes that it never reads, since it loops.",
  "limits": {"cpuMilliseconds": 60},
  "grants": {"tools": ["large"]},
  "expect": {"failure": "cpu_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 20; i++) host.callTool("large", {});
  for (;;);
}
