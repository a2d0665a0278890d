/*
{
  "attempt": "Adds, replaces and deletes capabilities of the host.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": [5, "undefined", "genuine"]}
}
*/
export default async function handler(input, host) {
  const attempts = [
    () => { host.converse = () => "forged"; },
    () => { host.callTool = () => "forged"; },
    () => { delete host.callTool; },
    () => Object.defineProperty(host, "log", { value: 1 }),
    () => Object.setPrototypeOf(host, { converse: 1 }),
  ];
  let refused = 0;
  for (const attempt of attempts) { try { attempt(); } catch (error) { refused++; } }
  return [refused, typeof host.converse, await host.callTool("echo", "genuine")];
}
