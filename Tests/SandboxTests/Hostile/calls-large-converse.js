/*
{
  "attempt": "Converses with a request beyond the limit.",
  "limits": {"hostCallBytes": 10000},
  "grants": {"functions": ["converse"]},
  "expect": {"failure": "host_call_too_large", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.converse({ messages: Array(5000).fill({ role: "user" }) });
}
