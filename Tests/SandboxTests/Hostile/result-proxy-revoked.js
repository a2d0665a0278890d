/*
{
  "attempt": "Returns a proxy that is revoked.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}
