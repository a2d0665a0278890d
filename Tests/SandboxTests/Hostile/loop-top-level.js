/*
{
  "attempt": "Loops while the module is evaluated, before the handler is called.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
for (;;);
export default async function handler(input, host) {
  return 1;
}
