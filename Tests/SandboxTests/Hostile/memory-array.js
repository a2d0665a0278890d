/*
{
  "attempt": "Pushes numbers until the memory is full.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (;;) all.push(all.length + 0.5);
}
