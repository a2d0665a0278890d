/*
{
  "attempt": "Passes a hundred arguments, and none.",
  "grants": {"tools": ["echo"], "functions": ["converse"]},
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  const results = [];
  for (const call of [
    () => host.callTool(...Array(100).fill("echo")),
    () => host.callTool(),
    () => host.converse(),
  ]) { try { results.push(await call()); } catch (error) { results.push("refused"); } }
  return results[1];
}
