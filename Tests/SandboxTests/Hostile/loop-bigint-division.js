/*
{
  "attempt": "Divides integers of a million bits.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const dividend = 7n ** 370000n, divisor = 3n ** 300000n;
  for (;;) dividend % divisor;
}
