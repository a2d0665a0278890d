/*
{
  "attempt": "Calls the host again while the input of a call is written.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": ["outer", "inner"], "calls": 2}
}
*/
export default async function handler(input, host) {
  let inner;
  const outer = await host.callTool("echo", { toJSON() { inner = host.callTool("echo", "inner"); return "outer"; } });
  return [outer, await inner];
}
