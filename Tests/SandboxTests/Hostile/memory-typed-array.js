/*
{
  "attempt": "Allocates one typed array larger than the memory.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  new Float64Array(1e8);
}
