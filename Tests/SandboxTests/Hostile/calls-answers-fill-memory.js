/*
{
  "attempt": "Keeps answers of half a megabyte until the memory is full.",
  "limits": {"memoryBytes": 8388608},
  "grants": {"tools": ["large"]},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (;;) all.push(await host.callTool("large", {}));
}
