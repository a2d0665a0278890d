/*
{
  "attempt": "Fills the global registry of symbols.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (let i = 0; ; i++) all.push(Symbol.for(`key-${i}-${"x".repeat(1000)}`));
}
