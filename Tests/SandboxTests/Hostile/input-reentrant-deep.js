/*
{
  "attempt": "Calls the host while an input is written, while an input is written, and so on.",
  "limits": {"hostCalls": 50},
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  let depth = 0;
  const nested = () => ({ toJSON() { if (++depth < 100000) host.callTool("echo", nested()).catch(() => {}); return depth; } });
  await host.callTool("echo", nested());
  return depth;
}
