/*
{
  "attempt": "Catches what too long a line throws, and logs again.",
  "limits": {"outputBytes": 10000},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 100; i++) { try { host.log("x".repeat(20000)); } catch (error) {} }
  return 1;
}
