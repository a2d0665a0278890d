/*
{
  "attempt": "Sends half a character to a tool.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "string"}
}
*/
export default async function handler(input, host) {
  try { return typeof (await host.callTool("echo", { text: "\ud800" })).text; } catch (error) { return "refused"; }
}
