/*
{
  "attempt": "Returns a symbol.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return Symbol("hidden");
}
