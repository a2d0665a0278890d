/*
{
  "attempt": "Compiles a regular expression of 20,000 classes of letters.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  new RegExp("\\p{L}".repeat(20000), "u");
}
