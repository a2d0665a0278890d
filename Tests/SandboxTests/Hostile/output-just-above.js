/*
{
  "attempt": "Returns one byte more than is allowed.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return "x".repeat(9999);
}
