/*
{
  "attempt": "Binds the constructor of functions, and calls that by Reflect.apply.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await (Reflect.apply((function () {}).constructor.bind(null, "globalThis.escaped = true"), undefined, [])());
  } catch (error) {}
  return globalThis.escaped;
}
