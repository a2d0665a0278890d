/*
{
  "attempt": "Asks for megabytes, and waits for the time instead of reading them.",
  "limits": {"memoryBytes": 1048576, "cpuMilliseconds": 2000, "hostCalls": 100000},
  "grants": {"tools": ["large"], "functions": ["now"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  for (let i = 0; i < 150; i++) host.callTool("large", {});
  for (;;) host.now();
}
