/*
{
  "attempt": "Spends processor time in an empty loop.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;);
}
