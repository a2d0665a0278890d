/*
{
  "attempt": "Is the control: it does what it may, and must succeed.",
  "grants": {"tools": ["echo"], "functions": ["converse", "log", "now", "random"]},
  "input": {"question": "?"},
  "expect": {"result": {"sum": 3, "reply": {"messages": []}, "input": {"question": "?"}, "time": true, "random": true}, "calls": 3, "logs": ["begin {\"a\":1}"]}
}
*/
export default async function handler(input, host) {
  host.log("begin", { a: 1 });
  const [first, second] = await Promise.all([host.callTool("echo", { n: 1 }), host.callTool("echo", { n: 2 })]);
  const reply = await host.converse({ messages: [] });
  return { sum: first.n + second.n, reply, input, time: host.now() > 0, random: host.random() < 1 };
}
