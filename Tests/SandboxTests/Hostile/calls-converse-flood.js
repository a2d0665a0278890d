/*
{
  "attempt": "Converses without end.",
  "limits": {"hostCalls": 20},
  "grants": {"functions": ["converse"]},
  "expect": {"failure": "host_call_limit", "callsAtMost": 20}
}
*/
export default async function handler(input, host) {
  for (;;) await host.converse({ messages: [] });
}
