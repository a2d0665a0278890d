/*
{
  "attempt": "Changes what is being grouped, and what computes a missing member of a Map.",
  "expect": {"result": 3}
}
*/
export default async function handler(input, host) {
  const list = Array.from({ length: 1000 }, (_, i) => i);
  const groups = Object.groupBy(list, (value) => { list.length = 10; return value % 3; });
  const map = new Map([[1, 1]]);
  if (map.getOrInsertComputed) {
    try {
      map.getOrInsertComputed(
        2,
        (key) => { map.clear(); for (let i = 0; i < 1000; i++) map.set(i, {}); map.delete(key); return key; }
      );
    } catch (error) {}
  }
  Map.groupBy([1, 2, 3], (value) => { map.clear(); return value; });
  return Object.keys(groups).length;
}
