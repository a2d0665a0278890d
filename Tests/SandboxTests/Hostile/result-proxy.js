/*
{
  "attempt": "Returns a proxy that makes up its members.",
  "expect": {"result": {"a": "made up"}}
}
*/
export default async function handler(input, host) {
  return new Proxy(
    {},
    {
      ownKeys: () => ["a"],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
      get: (_, key) => (key === "a" ? "made up" : undefined)
    }
  );
}
