/*
{
  "attempt": "Draws random numbers for ever.",
  "limits": {"cpuMilliseconds": 60, "hostCalls": 50},
  "grants": {"functions": ["random"]},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) host.random();
}
