/*
{
  "attempt": "Searches an array-like of 2**53 - 1 holes natively.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].indexOf.call({ length: 2 ** 53 - 1 }, 1);
}
