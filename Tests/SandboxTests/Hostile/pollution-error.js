/*
{
  "attempt": "Replaces what makes errors and their traces.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Error.prepareStackTrace = () => { throw "forged"; };
Error.stackTraceLimit = Infinity;
Error.captureStackTrace = () => "forged";
globalThis.Error = globalThis.TypeError = function () { throw "forged"; };
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
