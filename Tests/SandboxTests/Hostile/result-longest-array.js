/*
{
  "attempt": "Returns an array of 2**32 - 1 holes.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  return new Array(2 ** 32 - 1);
}
