/*
{
  "attempt": "Keeps small typed arrays.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (;;) all.push(new Uint8Array(1024));
}
