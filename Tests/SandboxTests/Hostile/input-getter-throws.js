/*
{
  "attempt": "Calls a tool with a getter that throws.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": "refused", "calls": 0}
}
*/
export default async function handler(input, host) {
  try {
    return { answer: await host.callTool("echo", { get broken() { throw new Error("no"); } }) };
  } catch (error) { return "refused"; }
}
