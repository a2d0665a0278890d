/*
{
  "attempt": "Is given an input that does not fit into its memory.",
  "limits": {"memoryBytes": 2097152, "cpuMilliseconds": 2000},
  "inputBytes": 3000000,
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  return input.length;
}
