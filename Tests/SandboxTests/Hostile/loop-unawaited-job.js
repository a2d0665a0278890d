/*
{
  "attempt": "Returns a result, and leaves an endless job in front of it.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  Promise.resolve().then(() => { for (;;); });
  return "done";
}
