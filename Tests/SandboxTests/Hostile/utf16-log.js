/*
{
  "attempt": "Logs halves of characters.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "logged"}
}
*/
export default async function handler(input, host) {
  host.log("\ud800", { key: "\udfff" }, "\ud83d\ude00");
  return "logged";
}
