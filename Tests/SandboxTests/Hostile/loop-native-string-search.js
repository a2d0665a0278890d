/*
{
  "attempt": "Searches a string for one that differs at its very end: quadratic, and native.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  "a".repeat(4e6).indexOf("a".repeat(2e6) + "b");
}
