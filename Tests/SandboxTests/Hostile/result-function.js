/*
{
  "attempt": "Returns a function.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return () => 1;
}
