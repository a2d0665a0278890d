/*
{
  "attempt": "Runs text by the constructor of async functions.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (Object.getPrototypeOf(async () => {}).constructor("globalThis.escaped = true")()); } catch (error) {}
  return globalThis.escaped;
}
