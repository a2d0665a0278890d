/*
{
  "attempt": "Overlapping alternatives, without regard to case, by Unicode properties.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  /^(?:\p{L}|\w|[a-z])*$/iu.test("a".repeat(40) + "!");
}
