/*
{
  "attempt": "Splits a long string into its characters.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "ab".repeat(2e6).split("");
}
