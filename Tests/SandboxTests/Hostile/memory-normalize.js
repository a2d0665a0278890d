/*
{
  "attempt": "Normalizes a ligature that becomes 18 characters.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "\ufdfa".repeat(2e6).normalize("NFKD");
}
