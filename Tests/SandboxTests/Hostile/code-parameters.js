/*
{
  "attempt": "Hides code in the list of parameters that a constructor is given.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await ((function () {}).constructor("a = (globalThis.escaped = true)", "")()); } catch (error) {}
  return globalThis.escaped;
}
