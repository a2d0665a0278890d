/*
{
  "attempt": "Loops after an answer of the host: waiting gives no new processor time.",
  "limits": {"cpuMilliseconds": 60},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "cpu_limit", "calls": 1}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo", {});
  for (;;);
}
