/*
{
  "attempt": "Fills a Map.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const map = new Map();
  for (let i = 0; ; i++) map.set(i, i);
}
