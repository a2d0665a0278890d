/*
{
  "attempt": "Fills the memory while the module is evaluated.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
const all = [];
for (;;) all.push({});
export default async function handler(input, host) {
  return 1;
}
