/*
{
  "attempt": "Replaces Promise.prototype.then, catch and finally.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
const { then } = Promise.prototype;
Promise.prototype.then = function () { return then.call(this, () => "forged", () => "forged"); };
Promise.prototype.catch = Promise.prototype.finally = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
