/*
{
  "attempt": "Catches what that throws, and goes on.",
  "limits": {"hostCallBytes": 10000},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_too_large", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("echo", "x".repeat(20000)); } catch (error) {}
  return "went on";
}
