/*
{
  "attempt": "Logs short lines without end.",
  "limits": {"hostCalls": 20},
  "grants": {"functions": ["log"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) host.log("x");
}
