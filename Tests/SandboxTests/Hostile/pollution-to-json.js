/*
{
  "attempt": "Puts toJSON on Object.prototype, Array.prototype and String.prototype.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"anyResult": true, "calls": 1}
}
*/
Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  await host.callTool("echo", "x");
  return { honest: 1 };
}
