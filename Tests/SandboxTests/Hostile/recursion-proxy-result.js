/*
{
  "attempt": "Returns 20,000 proxies of proxies as its result.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  let proxy = [];
  for (let i = 0; i < 20000; i++) proxy = new Proxy(proxy, {});
  return proxy;
}
