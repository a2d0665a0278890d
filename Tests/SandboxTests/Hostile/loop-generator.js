/*
{
  "attempt": "Draws from a generator that never ends.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  function* numbers() { for (let i = 0; ; i++) yield i; }
  let sum = 0;
  for (const number of numbers()) sum += number;
  return sum;
}
