/*
{
  "attempt": "Has a tool answer more than is allowed.",
  "limits": {"hostCallBytes": 10000},
  "grants": {"tools": ["large"]},
  "expect": {"failure": "threw", "message": "answer_too_large", "calls": 1}
}
*/
export default async function handler(input, host) {
  return (await host.callTool("large", {})).length;
}
