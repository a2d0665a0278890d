/*
{
  "attempt": "Copies within an array-like of 2**53 - 1 holes.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0);
}
