/*
{
  "attempt": "Sorts a large typed array natively.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const numbers = new Float64Array(5e6);
  for (let i = 0; i < numbers.length; i += 100) numbers[i] = -i;
  for (;;) numbers.sort();
}
