/*
{
  "attempt": "Normalizes a long text of composed characters for ever.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const text = "\u1e9b\u0323".repeat(200000);
  for (;;) text.normalize("NFKD");
}
