/*
{
  "attempt": "Returns what JSON has no number for.",
  "expect": {"result": [null, null, null, 0, null]}
}
*/
export default async function handler(input, host) {
  return [NaN, Infinity, -Infinity, -0, new Number(NaN)];
}
