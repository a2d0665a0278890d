/*
{
  "attempt": "Has a tool answer members that would pollute a careless reader.",
  "grants": {"tools": ["prototype"]},
  "expect": {"result": [true, true, true, true]}
}
*/
export default async function handler(input, host) {
  const answer = await host.callTool("prototype", {});
  return [
    {}.polluted === undefined,
    Object.getPrototypeOf(answer) === Object.prototype,
    Object.hasOwn(answer, "__proto__"),
    answer instanceof Object,
  ];
}
