/*
{
  "attempt": "Shrinks an array within the conversion of an index.",
  "expect": {"result": -1}
}
*/
export default async function handler(input, host) {
  const list = Array.from({ length: 10000 }, () => ({}));
  const found = list.lastIndexOf(1, { valueOf() { list.length = 1; return 9999; } });
  list.fill({}, 0, { valueOf() { list.length = 0; return 5000; } });
  return found;
}
