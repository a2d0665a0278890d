/*
{
  "attempt": "Awaits a host while the module is evaluated.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "message": "host is not defined", "calls": 0}
}
*/
await host.callTool("echo", {});
export default async function handler(input, host) {
  return 1;
}
