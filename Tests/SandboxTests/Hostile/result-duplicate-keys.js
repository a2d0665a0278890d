/*
{
  "attempt": "Returns a proxy that names one key many times.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  return new Proxy(
    {},
    {
      ownKeys: () => ["a", "a", "a"],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
      get: () => undefined
    }
  );
}
