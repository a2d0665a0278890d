/*
{
  "attempt": "Stays below the limit in each function, and above it in all.",
  "limits": {"hostCalls": 20},
  "grants": {"tools": ["echo"], "functions": ["log", "now"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 8; i++) { host.log("x"); host.now(); await host.callTool("echo", {}); }
  return 1;
}
