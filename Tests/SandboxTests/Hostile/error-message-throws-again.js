/*
{
  "attempt": "Throws an error whose message getter throws such an error again.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const nested = () => ({ get message() { throw nested(); }, get stack() { throw nested(); }, toString() { throw nested(); } });
  throw nested();
}
