/*
{
  "attempt": "Reaches functions of the glue by call sites of a stack trace.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await ((function look() {
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack;
    for (const site of Array.isArray(sites) ? sites : []) {
      for (const name of ["getFunction", "getThis", "getEvalOrigin"]) {
        const value = typeof site[name] === "function" ? site[name]() : undefined;
        if (typeof value === "function" && value !== handler && value !== look) globalThis.escaped = true;
      }
    }
  })()); } catch (error) {}
  return globalThis.escaped;
}
