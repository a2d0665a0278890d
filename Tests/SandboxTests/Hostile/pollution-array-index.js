/*
{
  "attempt": "Puts setters for indexes on Array.prototype and Object.prototype, to catch what the glue puts in arrays.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const index of ["0", "1", "2"]) {
  Object.defineProperty(Array.prototype, index, { configurable: true, set(value) { globalThis.count = 1; } });
  Object.defineProperty(Object.prototype, index, { configurable: true, set(value) { globalThis.count = 2; } });
}
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
