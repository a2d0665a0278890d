/*
{
  "attempt": "Calls the host between its loops, so that each wait might start the clock anew.",
  "limits": {"cpuMilliseconds": 60, "hostCalls": 100000},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) {
    for (let i = 0; i < 1e5; i++);
    await host.callTool("echo", {});
  }
}
