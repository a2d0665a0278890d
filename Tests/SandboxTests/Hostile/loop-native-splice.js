/*
{
  "attempt": "Splices an array-like of 2**53 - 1 holes: a native loop that polls no interrupt.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].splice.call({ length: 2 ** 53 - 1 }, 0, 1);
}
