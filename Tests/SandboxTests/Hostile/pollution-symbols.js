/*
{
  "attempt": "Gives Object.prototype a toPrimitive, a hasInstance, an iterator and a spreadable.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Object.prototype[Symbol.toPrimitive] = () => "forged";
Object.prototype[Symbol.iterator] = function* () {};
Object.prototype[Symbol.isConcatSpreadable] = true;
Object.prototype[Symbol.toStringTag] = "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
