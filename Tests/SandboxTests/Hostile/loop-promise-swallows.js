/*
{
  "attempt": "Loops inside a promise, so that the interruption becomes a rejection that is swallowed.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const spin = async () => { for (;;); };
  await spin().catch(() => {});
  return "escaped";
}
