/*
{
  "attempt": "Fills an array of 2**32 - 1 elements.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  new Array(2 ** 32 - 1).fill(0);
}
