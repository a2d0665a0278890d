/*
{
  "attempt": "Sends megabytes while megabytes of answers come: neither side may wait for the other for ever.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": true, "calls": 60}
}
*/
export default async function handler(input, host) {
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => host.callTool("echo", `${i}`.padEnd(90000, "x"))));
  return answers.every((answer, i) => answer.startsWith(`${i}x`) && answer.length === 90000);
}
