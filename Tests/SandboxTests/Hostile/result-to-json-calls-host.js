/*
{
  "attempt": "Calls the host while its result is written.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": 1}
}
*/
export default async function handler(input, host) {
  let calls = 0;
  return { toJSON() { host.callTool("echo", ++calls).then(() => { calls = 100; }); return calls; } };
}
