/*
{
  "attempt": "Awaits a promise that only a later call could have resolved.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "never_settles", "calls": 1}
}
*/
export default async function handler(input, host) {
  await host.callTool("echo", {});
  await new Promise(() => {});
}
