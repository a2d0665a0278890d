/*
{
  "attempt": "Calls a tool with a value that is deeper than the parent reads.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "calls": 0}
}
*/
export default async function handler(input, host) {
  let array = [];
  for (let i = 0; i < 1000; i++) array = [array];
  return await host.callTool("echo", array);
}
