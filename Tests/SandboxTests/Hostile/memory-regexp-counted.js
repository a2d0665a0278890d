/*
{
  "attempt": "Compiles counted groups within counted groups.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let source = "a";
  for (let i = 0; i < 12; i++) source = `(?:${source}${source}){2,60}`;
  new RegExp(source.repeat(20000));
}
