/*
{
  "attempt": "Reads the source of the host's functions.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": [true, true]}
}
*/
export default async function handler(input, host) {
  return Object.values(host).map((value) => /native code/.test(Function.prototype.toString.call(value)));
}
