/*
{
  "attempt": "Gives one object ever new properties.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const object = {};
  for (let i = 0; ; i++) object[`property${i}`] = i;
}
