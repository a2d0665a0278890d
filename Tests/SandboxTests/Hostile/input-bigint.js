/*
{
  "attempt": "Calls a tool with a large integer.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { return { answer: await host.callTool("echo", { n: 1n }) }; } catch (error) { return "refused"; }
}
