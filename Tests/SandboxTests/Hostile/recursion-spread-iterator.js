/*
{
  "attempt": "Spreads itself in its own iterator.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const iterable = { [Symbol.iterator]() { return [...iterable].values(); } };
  return [...iterable];
}
