/*
{
  "attempt": "Logs what would forge lines of a log or drive a terminal.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "logged", "logs": ["first\r\nERROR forged\u001b[2J\u0007\u2028"]}
}
*/
export default async function handler(input, host) {
  host.log("first\r\nERROR forged\u001b[2J\u0007\u2028");
  return "logged";
}
