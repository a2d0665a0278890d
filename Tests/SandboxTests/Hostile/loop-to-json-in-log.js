/*
{
  "attempt": "Loops while a log line is written: toJSON and toString of an argument never return.",
  "limits": {"cpuMilliseconds": 60},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  host.log({ toJSON() { for (;;); }, toString() { for (;;); } });
}
