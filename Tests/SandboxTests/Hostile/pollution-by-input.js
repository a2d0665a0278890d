/*
{
  "attempt": "Is given an input with a member __proto__: it is a member, and no prototype.",
  "input": {"__proto__": {"polluted": true}},
  "expect": {"result": [true, true, true, {"__proto__": {"polluted": true}}]}
}
*/
export default async function handler(input, host) {
  return [{}.polluted === undefined, Object.hasOwn(input, "__proto__"), input.polluted === undefined, input];
}
