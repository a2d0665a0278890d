/*
{
  "attempt": "Looks whether an answer shares objects with another, or with the host.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": [{"a": {}}, false]}
}
*/
export default async function handler(input, host) {
  const [first, second] = await Promise.all([host.callTool("echo", { a: {} }), host.callTool("echo", { a: {} })]);
  first.a.changed = true;
  return [second, first === second];
}
