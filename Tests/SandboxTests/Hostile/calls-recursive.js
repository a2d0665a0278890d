/*
{
  "attempt": "Makes two calls in the reaction to each.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  const fork = () => host.callTool("echo", {}).then(() => Promise.all([fork(), fork()]));
  await fork();
}
