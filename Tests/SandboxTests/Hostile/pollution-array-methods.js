/*
{
  "attempt": "Replaces the methods of arrays.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const name of ["push", "map", "join", "slice", "forEach", "concat", "values", "indexOf", "includes", "filter"]) Array.prototype[name] = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
