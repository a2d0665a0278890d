/*
{
  "attempt": "Gives Promise.all an iterator that never ends.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  await Promise.all({ *[Symbol.iterator]() { for (;;) yield 1; } });
}
