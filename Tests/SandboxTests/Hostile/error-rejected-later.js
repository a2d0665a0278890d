/*
{
  "attempt": "Is rejected after a host call.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "calls": 1}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo", {});
  await Promise.reject(new Error("later"));
}
