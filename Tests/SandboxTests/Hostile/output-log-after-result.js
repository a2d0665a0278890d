/*
{
  "attempt": "Logs without end after the handler has returned.",
  "grants": {"functions": ["log"]},
  "expect": {"failure": "host_call_limit"}
}
*/
export default async function handler(input, host) {
  Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => {}).then(() => { for (;;) host.log("late"); });
  return "done";
}
