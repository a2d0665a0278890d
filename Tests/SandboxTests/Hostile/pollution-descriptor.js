/*
{
  "attempt": "Poisons property descriptors: get and set on Object.prototype.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Object.prototype.get = () => "forged";
Object.prototype.set = () => {};
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
