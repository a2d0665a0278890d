/*
{
  "attempt": "Fills a WeakMap whose keys it keeps.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const map = new WeakMap(), keys = [];
  for (;;) { const key = {}; keys.push(key); map.set(key, keys); }
}
