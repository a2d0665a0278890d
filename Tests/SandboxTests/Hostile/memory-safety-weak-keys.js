/*
{
  "attempt": "Drops and revives keys of WeakMaps and WeakSets that hold each other in cycles.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const map = new WeakMap(), set = new WeakSet();
  let last = {};
  for (let i = 0; i < 20000; i++) {
    const key = { last };
    key.self = key;
    map.set(key, { key, last });
    set.add(key);
    if (i % 100 === 0) last = map.get(key).key;
  }
  return map.has(last) && set.has(last);
}
