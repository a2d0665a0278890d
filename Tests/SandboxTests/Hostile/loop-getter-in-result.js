/*
{
  "attempt": "Loops while the result is written: a getter of the result never returns.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  return { get value() { for (;;); } };
}
