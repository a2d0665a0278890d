/*
{
  "attempt": "Returns such a value, so that the glue has to write it.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000, "outputBytes": 67108864},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let value = ["lol"];
  for (let i = 0; i < 9; i++) value = Array(10).fill(value);
  return value;
}
