/*
{
  "attempt": "Calls a tool with ten megabytes.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_too_large", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo", { text: "\u20ac".repeat(3500000) });
}
