/*
{
  "attempt": "Queues jobs faster than any is run.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) Promise.resolve().then(() => {});
}
