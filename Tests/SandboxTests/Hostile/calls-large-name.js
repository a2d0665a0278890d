/*
{
  "attempt": "Calls a tool by a name of megabytes.",
  "limits": {"hostCallBytes": 10000},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo".repeat(1e6), {});
}
