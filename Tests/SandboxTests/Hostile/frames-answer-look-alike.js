/*
{
  "attempt": "Resolves its own promise with what looks like an answer, before the true one comes.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": [{"genuine": true}, false]}
}
*/
export default async function handler(input, host) {
  const call = host.callTool("echo", { genuine: true });
  const forged = Promise.resolve({ id: 1, genuine: false });
  return [await call, (await forged).genuine];
}
