/*
{
  "attempt": "Replaces exec by one that always matches and never advances.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  RegExp.prototype.exec = () => ({ index: 0, 0: "x", length: 1 });
  for (const _ of "x".matchAll(/x/g));
}
