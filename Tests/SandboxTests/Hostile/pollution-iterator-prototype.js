/*
{
  "attempt": "Replaces what async iteration and generators inherit.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
const AsyncIterator = Object.getPrototypeOf(Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype) ?? {}) ?? {});
if (AsyncIterator) AsyncIterator[Symbol.asyncIterator] = () => { throw "forged"; };
Object.getPrototypeOf(function* () {}).prototype.next = () => { throw "forged"; };
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
