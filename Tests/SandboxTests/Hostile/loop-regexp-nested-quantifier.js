/*
{
  "attempt": "The classic: a nested quantifier that cannot match.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  /^(a+)+$/.test("a".repeat(40) + "b");
}
