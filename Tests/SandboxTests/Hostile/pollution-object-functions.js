/*
{
  "attempt": "Replaces the functions of Object.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const name of [
  "freeze", "defineProperty", "create", "keys", "entries", "assign", "getPrototypeOf", "setPrototypeOf",
]) Object[name] = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
