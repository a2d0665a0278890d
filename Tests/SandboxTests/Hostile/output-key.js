/*
{
  "attempt": "Returns an object whose one key is beyond the limit.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "output_limit"}
}
*/
export default async function handler(input, host) {
  return { ["k".repeat(20000)]: 1 };
}
