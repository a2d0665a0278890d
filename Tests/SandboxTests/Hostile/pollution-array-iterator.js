/*
{
  "attempt": "Replaces the iterator of arrays, and the next of all array iterators.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Array.prototype[Symbol.iterator] = function* () { yield "forged"; };
Object.getPrototypeOf([].keys()).next = () => ({ done: true });
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
