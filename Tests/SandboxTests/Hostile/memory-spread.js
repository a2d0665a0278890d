/*
{
  "attempt": "Spreads an array into a larger one, and that again.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let all = [1, 2];
  for (;;) all = [...all, ...all];
}
