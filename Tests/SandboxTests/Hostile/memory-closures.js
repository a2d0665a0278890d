/*
{
  "attempt": "Keeps closures over closures.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let chain = null;
  for (;;) { const inner = chain; chain = () => inner; }
}
