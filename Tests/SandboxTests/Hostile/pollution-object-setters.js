/*
{
  "attempt": "Puts setters for the names of the protocol on Object.prototype.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const name of [
  "code", "message", "stack", "function", "name", "input", "level", "id", "kind", "held", "result",
  "resolve", "reject",
]) {
  Object.defineProperty(Object.prototype, name, { configurable: true, get() { return "forged"; }, set(value) {} });
}
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
