/*
{
  "attempt": "Parses a flat JSON text that is much larger as values.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  JSON.parse("[" + "{},".repeat(8e5) + "{}]");
}
