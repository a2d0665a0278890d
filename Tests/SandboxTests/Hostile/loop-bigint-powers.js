/*
{
  "attempt": "Squares until it is too large, and begins again.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) {
    let number = 3n;
    try { for (;;) number *= number; } catch (error) {}
  }
}
