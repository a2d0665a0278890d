/*
{
  "attempt": "Has a regular expression of 100,000 classes compiled: the compiler polls no interrupt.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  new RegExp("[\\p{L}\\d\\u{0}-\\u{10ffff}x]".repeat(1e5), "u");
}
