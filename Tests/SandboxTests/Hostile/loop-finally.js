/*
{
  "attempt": "Loops again in a finally block when it is interrupted.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  function spin() { try { for (;;); } finally { spin(); } }
  spin();
  return "escaped";
}
