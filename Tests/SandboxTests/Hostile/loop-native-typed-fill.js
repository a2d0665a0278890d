/*
{
  "attempt": "Fills a large typed array again and again: milliseconds of native code between two polls.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const bytes = new Uint8Array(3e7);
  for (;;) bytes.fill(1);
}
