/*
{
  "attempt": "Makes cyclic garbage for ever: the memory stays small, the collector runs on.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) { const one = {}; one.self = one; }
}
