/*
{
  "attempt": "Has each character become nine by encodeURIComponent.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  encodeURIComponent("\u20ac".repeat(1e6));
}
