/*
{
  "attempt": "Makes every object a thenable by Object.prototype.then.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Object.defineProperty(Object.prototype, "then", { configurable: true, get() { return undefined; }, set() {} });
let asked = 0;
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
