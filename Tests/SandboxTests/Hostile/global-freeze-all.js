/*
{
  "attempt": "Freezes and shadows every global that the glue could still need.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"still": "works"}, "calls": 1}
}
*/
export default async function handler(input, host) {
  for (const name of Reflect.ownKeys(globalThis)) {
    try { Object.freeze(globalThis[name]); Object.freeze(globalThis[name]?.prototype); } catch (error) {}
  }
  Object.freeze(globalThis);
  host.log("still", { logs: 1 });
  return await host.callTool("echo", { still: "works" });
}
