/*
{
  "attempt": "Has toJSON make a small value large.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return { toJSON: () => "x".repeat(20000) };
}
