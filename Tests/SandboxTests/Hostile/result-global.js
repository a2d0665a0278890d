/*
{
  "attempt": "Returns the global object.",
  "expect": {"result": {}}
}
*/
export default async function handler(input, host) {
  return globalThis;
}
