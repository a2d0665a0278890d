/*
{
  "attempt": "Logs until the lines together are beyond the limit.",
  "limits": {"outputBytes": 10000},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 190; i++) host.log("x".repeat(100));
  return 1;
}
