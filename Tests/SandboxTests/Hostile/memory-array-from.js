/*
{
  "attempt": "Makes an array of a billion undefined values.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  Array.from({ length: 1e9 });
}
