/*
{
  "attempt": "Has one character become three, in a long text.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "\u0390".repeat(1e6).toUpperCase();
}
