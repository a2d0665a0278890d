/*
{
  "attempt": "Runs text by the Function constructor, called and constructed.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await ([Function("globalThis.escaped = true")(), new Function("globalThis.escaped = true")()]);
  } catch (error) {}
  return globalThis.escaped;
}
