/*
{
  "attempt": "Backtracks inside replaceAll, in a callback of another expression.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  "ab".replaceAll(/./g, () => "a".repeat(40).replace(/(a|aa)+$(?<!a)/, ""));
}
