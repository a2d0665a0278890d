/*
{
  "attempt": "Reaches it by way of a native method's prototype.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (Object.getPrototypeOf([].map).constructor("globalThis.escaped = true")()); } catch (error) {}
  return globalThis.escaped;
}
