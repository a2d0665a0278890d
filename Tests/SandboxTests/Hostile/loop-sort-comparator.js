/*
{
  "attempt": "Loops inside a comparator that the native sort calls.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [3, 1, 2].sort(() => { for (;;); });
}
