/*
{
  "attempt": "A proxy's trap asks the proxy itself.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const proxy = new Proxy({}, { get(target, key, receiver) { return receiver[key]; } });
  return proxy.value;
}
