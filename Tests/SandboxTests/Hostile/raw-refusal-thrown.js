/*
{
  "attempt": "Lets the refusal of a tool through: the failure is that the module threw.",
  "grants": {"tools": ["fail"]},
  "expect": {"failure": "threw", "message": "R 0 {}"}
}
*/
export default async function handler(input, host) {
  await host.callTool("fail", {});
}
