/*
{
  "attempt": "Returns an array beyond the limit.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return Array(6000).fill(1);
}
