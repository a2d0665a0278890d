/*
{
  "attempt": "Replaces the methods of Map, Set and WeakMap.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
for (const { prototype } of [Map, Set, WeakMap, WeakSet]) for (const name of ["get", "set", "has", "delete", "add"]) prototype[name] = () => "forged";
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
