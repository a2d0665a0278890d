/*
{
  "attempt": "Returns the host itself.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {}}
}
*/
export default async function handler(input, host) {
  return host;
}
