/*
{
  "attempt": "Reaches the glue by caller, callee and arguments.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try { await ((() => {
    for (const name of ["caller", "arguments", "callee"]) {
      for (const object of [handler, host.callTool, (function () { return arguments; })()]) {
        try { if (typeof object[name] === "function") globalThis.escaped = true; } catch (error) {}
      }
    }
  })()); } catch (error) {}
  return globalThis.escaped;
}
