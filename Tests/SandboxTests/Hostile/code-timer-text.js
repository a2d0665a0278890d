/*
{
  "attempt": "Gives a timer text to run.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await (setTimeout("globalThis.escaped = true", 0)); } catch (error) {}
  return globalThis.escaped;
}
