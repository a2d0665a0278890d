/*
{
  "attempt": "Makes every object a thenable that never settles.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": "text is no object", "logs": ["genuine"]}
}
*/
Object.prototype.then = function () {};
export default async function handler(input, host) {
  host.log("genuine");
  host.callTool("echo", { genuine: 1 });
  return "text is no object";
}
