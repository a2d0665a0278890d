/*
{
  "attempt": "Keeps errors with their stack traces.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  function deep(n) { if (n) return deep(n - 1) + 1; all.push(new Error("x".repeat(100))); return 0; }
  for (;;) deep(50);
}
