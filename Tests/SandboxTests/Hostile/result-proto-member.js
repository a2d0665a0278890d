/*
{
  "attempt": "Returns an object with a member named __proto__.",
  "expect": {"result": {"__proto__": {"polluted": 1}, "constructor": {"prototype": 2}}}
}
*/
export default async function handler(input, host) {
  return JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": 2}}');
}
