/*
{
  "attempt": "Runs text in a new realm.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (new ShadowRealm().evaluate("globalThis.escaped = true")); } catch (error) {}
  return globalThis.escaped;
}
