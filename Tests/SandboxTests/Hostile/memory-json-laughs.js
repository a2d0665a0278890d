/*
{
  "attempt": "Writes a value as JSON in which each level names the next ten times.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let value = ["lol"];
  for (let i = 0; i < 9; i++) value = Array(10).fill(value);
  JSON.stringify(value);
}
