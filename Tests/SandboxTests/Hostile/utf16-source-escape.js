/*
{
  "attempt": "Has a string in its source with all kinds of ends of lines.",
  "bytes": {"@END@": {"hex": "0d0a"}},
  "expect": {"result": [3, 3]}
}
*/
export default async function handler(input, host) {
  return ["\u2028\u2029\u0085", `a@END@b`].map((text) => text.length);
}
