/*
{
  "attempt": "Deletes every global, then calls, logs and returns.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"still": "works"}, "calls": 1, "logs": ["still here"]}
}
*/
export default async function handler(input, host) {
  for (const name of Reflect.ownKeys(globalThis)) { try { delete globalThis[name]; } catch (error) {} }
  host.log("still here");
  return await host.callTool("echo", { still: "works" });
}
