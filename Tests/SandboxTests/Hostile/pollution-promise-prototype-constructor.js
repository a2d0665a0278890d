/*
{
  "attempt": "Gives Promise.prototype another constructor, which await and resolve look at.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Object.defineProperty(Promise.prototype, "constructor", { get() { return Object; } });
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
