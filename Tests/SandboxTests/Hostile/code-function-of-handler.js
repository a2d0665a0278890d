/*
{
  "attempt": "Reaches it by way of the handler itself.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (handler.constructor.constructor("globalThis.escaped = true")()); } catch (error) {}
  return globalThis.escaped;
}
