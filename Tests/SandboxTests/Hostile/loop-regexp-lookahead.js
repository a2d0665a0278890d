/*
{
  "attempt": "Back-references to captures made in look-aheads, over a long text.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  /(?=(.*))(?=(.*))\1\2x/.test("a".repeat(100000));
}
