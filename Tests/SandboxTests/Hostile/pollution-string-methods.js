/*
{
  "attempt": "Replaces the methods of strings, and String itself.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const name of [
  "slice", "toString", "valueOf", "charCodeAt", "concat", "replace", "trim", "startsWith", "isWellFormed",
  "toWellFormed",
]) String.prototype[name] = () => "forged";
globalThis.String = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
