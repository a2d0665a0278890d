/*
{
  "attempt": "Indents a deep value: the white space is quadratic.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let value = 0;
  for (let i = 0; i < 300; i++) value = [value, value === 0 ? 0 : 1, 1, 1, 1];
  let all = [];
  for (;;) all.push(JSON.stringify(value, null, 10));
}
