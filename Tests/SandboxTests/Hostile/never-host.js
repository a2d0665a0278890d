/*
{
  "attempt": "Awaits a tool that never answers.",
  "grants": {"tools": ["never"]},
  "deadlineMilliseconds": 400,
  "expect": {"failure": "deadline_exceeded"}
}
*/
export default async function handler(input, host) {
  await host.callTool("never", {});
}
