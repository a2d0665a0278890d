/*
{
  "attempt": "Exports an async generator as its handler.",
  "expect": {"result": {}}
}
*/
export default async function* handler(input, host) { yield 1; }
