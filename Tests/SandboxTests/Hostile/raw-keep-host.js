/*
{
  "attempt": "Keeps the host in a global, and calls it after the handler has returned.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "done"}
}
*/
export default async function handler(input, host) {
  globalThis.kept = host;
  Promise.resolve().then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => { globalThis.kept.callTool("echo", "late"); });
  return "done";
}
