/*
{
  "attempt": "Has native methods of arrays work on a proxy whose length changes at each look.",
  "limits": {"cpuMilliseconds": 3000},
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  let looks = 0;
  const proxy = new Proxy(
    [1, 2, 3],
    {
      get(target, key, receiver) {
        return key === "length" ? (looks++ % 2 ? 5 : 2 ** 20) : Reflect.get(target, key, receiver);
      }
    }
  );
  for (const name of ["slice", "concat", "indexOf", "reverse", "flat", "toSorted", "with", "join"]) { try { Array.prototype[name].call(proxy, 0, 3); } catch (error) {} }
  return looks > 5;
}
