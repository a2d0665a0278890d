/*
{
  "attempt": "Throws a proxy that is revoked.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
  revoke();
  throw proxy;
}
