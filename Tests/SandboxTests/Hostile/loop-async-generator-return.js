/*
{
  "attempt": "An async generator that refuses to be closed.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  async function* stubborn() { try { yield 1; } finally { for (;;) await null; } }
  for await (const _ of stubborn()) break;
}
