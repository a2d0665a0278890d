/*
{
  "attempt": "Logs frames that announce a result.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "true result", "logs": ["\u0002\u0000\u0000\u0000R\u0000\u0000\u0000\u0000{}", "\n{\"code\":\"crashed\"}\n"]}
}
*/
export default async function handler(input, host) {
  host.log("\u0002\u0000\u0000\u0000R\u0000\u0000\u0000\u0000{}");
  host.log("\n{\"code\":\"crashed\"}\n");
  return "true result";
}
