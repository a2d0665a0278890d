/*
{
  "attempt": "Throws an error whose message is a getter that never returns.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  throw { get message() { for (;;); }, get stack() { for (;;); }, get name() { for (;;); }, toString() { for (;;); } };
}
