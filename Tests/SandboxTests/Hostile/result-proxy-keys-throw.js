/*
{
  "attempt": "Returns a proxy whose keys throw.",
  "expect": {"failure": "invalid_result", "message": "no keys"}
}
*/
export default async function handler(input, host) {
  return new Proxy({}, { ownKeys() { throw new Error("no keys"); } });
}
