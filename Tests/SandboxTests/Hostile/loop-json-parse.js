/*
{
  "attempt": "Parses a large JSON text again and again.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const text = "[" + "0,".repeat(1e6) + "0]";
  for (;;) JSON.parse(text);
}
