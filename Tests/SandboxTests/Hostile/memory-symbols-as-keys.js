/*
{
  "attempt": "Gives objects symbols as keys, and keeps only the symbols.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (;;) {
    const key = Symbol("key");
    const object = { [key]: key };
    all.push(...Object.getOwnPropertySymbols(object));
  }
}
