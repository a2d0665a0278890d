/*
{
  "attempt": "Returns a string beyond the limit.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return "x".repeat(20000);
}
