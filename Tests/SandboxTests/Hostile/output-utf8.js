/*
{
  "attempt": "Returns 4,000 characters, each of which becomes three bytes of UTF-8.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return "\u20ac".repeat(4000);
}
