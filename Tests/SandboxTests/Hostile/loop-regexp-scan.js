/*
{
  "attempt": "A global search that begins anew at each of a million characters.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  /a*?b/g.exec("a".repeat(1e6));
}
