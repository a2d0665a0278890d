/*
{
  "attempt": "Gives arrays a species that keeps what is put in.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
class Spy extends Array { constructor(...rest) { super(); globalThis.spied = true; } }
Object.defineProperty(Array, Symbol.species, { get: () => Spy });
Array.prototype.constructor = Spy;
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
