/*
{
  "attempt": "Returns an object that is a thenable only the second time it is asked.",
  "expect": {"result": {"value": 1}}
}
*/
export default async function handler(input, host) {
  let asked = 0;
  return { value: 1, get then() { return asked++ ? (resolve) => resolve("second") : undefined; } };
}
