/*
{
  "attempt": "Catches whatever interrupts its loop, and goes on.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) {
    try { for (;;); } catch (error) { continue; }
  }
}
