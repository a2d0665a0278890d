/*
{
  "attempt": "Writes integers of a million bits in decimal: quadratic, and native.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const number = 2n ** 1000000n - 1n;
  for (;;) String(number);
}
