/*
{
  "attempt": "Throws an error all of whose members throw.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw new Proxy(
    new Error("hidden"),
    {
      get() { throw new Error("in a trap"); },
      getPrototypeOf() { throw 1; },
      has() { throw 2; },
      ownKeys() { throw 3; }
    }
  );
}
