/*
{
  "attempt": "Awaits a tool that never answers, besides a hundred that do.",
  "grants": {"tools": ["never", "echo"]},
  "deadlineMilliseconds": 800,
  "expect": {"failure": "deadline_exceeded"}
}
*/
export default async function handler(input, host) {
  await Promise.all([host.callTool("never", {}), ...Array.from({ length: 100 }, () => host.callTool("echo", {}))]);
}
