/*
{
  "attempt": "Returns a thenable whose then never returns.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  return { then() { for (;;); } };
}
