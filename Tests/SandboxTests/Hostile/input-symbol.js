/*
{
  "attempt": "Calls a tool with a symbol.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try { return { answer: await host.callTool("echo", Symbol("x")) }; } catch (error) { return "refused"; }
}
