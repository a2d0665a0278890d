/*
{
  "attempt": "Returns a large integer, alone.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return 1n;
}
