/*
{
  "attempt": "Makes classes, each with a prototype and a closure of its own.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const all = [];
  for (;;) all.push(class { #secret = all; static shared = new Date(0); method() { return this.#secret; } });
}
