/*
{
  "attempt": "Calls the host's functions with another this, by construction and by proxy.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": false, "callsOnlyTo": ["echo"]}
}
*/
export default async function handler(input, host) {
  const results = [];
  for (const call of [
    () => host.callTool.call({ tools: ["large"] }, "large", {}),
    () => new host.callTool("large", {}),
    () => Reflect.construct(Array, ["large"], host.callTool),
    () => new Proxy(host, {}).callTool("large", {}),
    () => host.callTool.bind(globalThis, "large")({}),
  ]) {
    try { await call(); results.push("called"); } catch (error) { results.push("refused"); }
  }
  return results.includes("called") && results;
}
