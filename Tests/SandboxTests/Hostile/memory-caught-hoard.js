/*
{
  "attempt": "Fills the memory to the last byte, catches it, and keeps all that it has.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  globalThis.hoard = [];
  for (const size of [65536, 1024, 64, 1]) {
    try { for (;;) globalThis.hoard.push(new Uint8Array(size)); } catch (error) {}
  }
  return { kept: "x".repeat(200000) };
}
