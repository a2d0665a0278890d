/*
{
  "attempt": "Throws a true error whose code is a getter that never returns.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  throw Object.defineProperty(new Error("described"), "code", { get() { for (;;); } });
}
