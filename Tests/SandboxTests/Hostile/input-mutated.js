/*
{
  "attempt": "Changes an input after the call was made: what was sent is what was given.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"list": [1]}, "calls": 1}
}
*/
export default async function handler(input, host) {
  const value = { list: [1] };
  const call = host.callTool("echo", value);
  value.list.push("late");
  value.added = true;
  return await call;
}
