/*
{
  "attempt": "Asks whether 20,000 proxies of proxies are an array.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  let proxy = [];
  for (let i = 0; i < 20000; i++) proxy = new Proxy(proxy, {});
  return Array.isArray(proxy);
}
