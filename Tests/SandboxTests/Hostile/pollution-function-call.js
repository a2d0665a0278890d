/*
{
  "attempt": "Replaces call, apply and bind, and Reflect.apply.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => () => "forged";
Reflect.apply = Reflect.construct = Reflect.get = Reflect.ownKeys = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
