/*
{
  "attempt": "Asks for the longest string at once.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "\u20ac".repeat(2 ** 29);
}
