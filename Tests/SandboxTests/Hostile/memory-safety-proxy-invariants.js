/*
{
  "attempt": "Breaks every invariant that proxies have to keep.",
  "expect": {"result": 9}
}
*/
export default async function handler(input, host) {
  const target = Object.freeze({ fixed: 1 });
  const lie = new Proxy(
    target,
    {
      get: () => 2,
      has: () => false,
      ownKeys: () => ["other"],
      getOwnPropertyDescriptor: () => undefined,
      defineProperty: () => true,
      deleteProperty: () => true,
      getPrototypeOf: () => Array.prototype,
      isExtensible: () => true,
      preventExtensions: () => false,
      setPrototypeOf: () => true
    }
  );
  let refused = 0;
  for (const use of [
    () => lie.fixed,
    () => "fixed" in lie,
    () => Object.keys(lie),
    () => Object.getOwnPropertyDescriptor(lie, "fixed"),
    () => Object.defineProperty(lie, "x", { value: 1 }),
    () => { delete lie.fixed; },
    () => Object.getPrototypeOf(lie),
    () => Object.isExtensible(lie),
    () => Object.setPrototypeOf(lie, Array.prototype),
  ]) { try { use(); } catch (error) { refused++; } }
  return refused;
}
