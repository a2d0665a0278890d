/*
{
  "attempt": "Logs one line of 60,000 arguments.",
  "limits": {"outputBytes": 10000},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  host.log(...Array(60000).fill("x"));
  return 1;
}
