/*
{
  "attempt": "Lets the native drop skip nearly 2**53 elements.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].values.call({ length: 2 ** 53 - 1 }).drop(2 ** 52).next();
}
