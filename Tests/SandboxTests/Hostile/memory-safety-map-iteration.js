/*
{
  "attempt": "Deletes from and clears a Map while native code iterates it.",
  "expect": {"result": 0}
}
*/
export default async function handler(input, host) {
  const map = new Map(Array.from({ length: 1000 }, (_, i) => [i, i]));
  let seen = 0;
  map.forEach((value, key) => { seen++; map.delete(key); map.delete(key + 1); if (key === 500) map.clear(); });
  for (const [key] of map.set(1, 1)) { map.delete(key); if (++seen < 2000) map.set(key, key); }
  return map.size;
}
