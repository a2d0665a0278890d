/*
{
  "attempt": "Exports a proxy of a function that is revoked.",
  "expect": {"failure": "threw"}
}
*/
const { proxy, revoke } = Proxy.revocable(() => 1, {});
revoke();
export default proxy;
