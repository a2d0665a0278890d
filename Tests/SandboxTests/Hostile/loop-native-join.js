/*
{
  "attempt": "Joins an array of 2**32 - 1 holes: the native loop runs on when its text is too large already.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  new Array(2 ** 32 - 1).join("0123456789");
}
