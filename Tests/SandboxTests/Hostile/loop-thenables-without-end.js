/*
{
  "attempt": "Returns a thenable that resolves to another, and so on.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const next = () => ({ then(resolve) { resolve(next()); } });
  return next();
}
