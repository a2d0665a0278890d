/*
{
  "attempt": "Returns 4,000 characters, each of which becomes six bytes of JSON.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return "\u0000".repeat(4000);
}
