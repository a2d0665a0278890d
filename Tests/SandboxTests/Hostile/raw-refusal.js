/*
{
  "attempt": "Takes a refusal apart: it has a code and a message, and holds nothing of the glue.",
  "grants": {"tools": ["fail"]},
  "expect": {"result": [true, "tool_failed", "{\"code\":\"crashed\"}\nR 0 {}", false]}
}
*/
export default async function handler(input, host) {
  try { await host.callTool("fail", {}); } catch (error) {
    return [error instanceof Error, error.code, error.message, /\//.test(String(error.stack))];
  }
}
