/*
{
  "attempt": "Runs text by direct and indirect eval.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await ([eval("globalThis.escaped = true"), (0, eval)("globalThis.escaped = true")]); } catch (error) {}
  return globalThis.escaped;
}
