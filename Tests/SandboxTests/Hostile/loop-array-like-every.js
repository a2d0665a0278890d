/*
{
  "attempt": "Has the native every walk 2**53 - 1 holes, which call nothing.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].every.call({ length: 2 ** 53 - 1 }, () => true);
}
