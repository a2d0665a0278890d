/*
{
  "attempt": "Awaits values that are there already, for ever.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) await null;
}
