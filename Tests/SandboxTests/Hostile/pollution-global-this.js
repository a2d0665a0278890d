/*
{
  "attempt": "Hangs a proxy over the global object.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
try { Object.setPrototypeOf(globalThis, new Proxy({}, { get: () => "forged", has: () => true })); } catch (error) {}
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
