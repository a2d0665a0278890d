/*
{
  "attempt": "Enumerates a prototype chain of proxies that never ends.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const endless = new Proxy({}, { getPrototypeOf: () => endless, ownKeys: () => [], has: () => false });
  for (const key in endless);
  return "ended";
}
