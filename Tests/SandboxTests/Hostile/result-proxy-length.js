/*
{
  "attempt": "Returns a proxy of an array that claims 2**53 - 1 elements.",
  "limits": {"memoryBytes": 2097152, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  return new Proxy([], { get: (target, key) => (key === "length" ? 2 ** 53 - 1 : key === "toJSON" ? undefined : 1) });
}
