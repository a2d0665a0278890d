/*
{
  "attempt": "Extends the constructor of functions by a class.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await (new (class extends Object.getPrototypeOf(class {}).constructor {})("globalThis.escaped = true")());
  } catch (error) {}
  return globalThis.escaped;
}
