/*
{
  "attempt": "Compares equal long texts natively, for ever.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const text = "\u00e9".repeat(2e6);
  for (;;) text.localeCompare(text + "a");
}
