/*
{
  "attempt": "Runs text by the eval that it finds on the global object.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (Reflect.get(globalThis, "eval").call(undefined, "globalThis.escaped = true")); } catch (error) {}
  return globalThis.escaped;
}
