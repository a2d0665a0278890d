/*
{
  "attempt": "Asks the host for the time for ever.",
  "limits": {"cpuMilliseconds": 2000, "hostCalls": 50},
  "grants": {"functions": ["now"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  for (;;) host.now();
}
