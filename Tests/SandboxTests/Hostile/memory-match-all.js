/*
{
  "attempt": "Keeps a match object for each character.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  [..."a".repeat(1e6).matchAll(/(.)(?<name>)/g)];
}
