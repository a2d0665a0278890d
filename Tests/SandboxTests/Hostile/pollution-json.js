/*
{
  "attempt": "Replaces JSON.stringify and JSON.parse.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
JSON.stringify = () => "{\"forged\":true}";
JSON.parse = () => ({ forged: true });
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
