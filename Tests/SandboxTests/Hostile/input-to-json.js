/*
{
  "attempt": "Calls a tool with a toJSON that swaps the input.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"answer": {"swapped": true}}, "calls": 1}
}
*/
export default async function handler(input, host) {
  try {
    return { answer: await host.callTool("echo", { allowed: true, toJSON: () => ({ swapped: true }) }) };
  } catch (error) { return "refused"; }
}
