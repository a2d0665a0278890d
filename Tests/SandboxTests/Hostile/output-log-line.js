/*
{
  "attempt": "Logs one line beyond the limit.",
  "limits": {"outputBytes": 10000},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  host.log("x".repeat(20000));
  return 1;
}
