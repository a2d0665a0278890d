/*
{
  "attempt": "Calls a function that is not granted.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.converse({ messages: [] });
}
