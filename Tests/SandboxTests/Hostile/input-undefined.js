/*
{
  "attempt": "Calls a tool without an input.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"answer": null}, "calls": 1}
}
*/
export default async function handler(input, host) {
  try { return { answer: await host.callTool("echo", undefined) }; } catch (error) { return "refused"; }
}
