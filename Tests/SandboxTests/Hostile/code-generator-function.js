/*
{
  "attempt": "Runs text by the constructor of generators.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await (Object.getPrototypeOf(function* () {}).constructor("globalThis.escaped = true")().next());
  } catch (error) {}
  return globalThis.escaped;
}
