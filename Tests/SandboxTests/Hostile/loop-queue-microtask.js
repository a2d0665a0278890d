/*
{
  "attempt": "Keeps the queue of jobs full by queueMicrotask, if there is one.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const again = () => queueMicrotask(again);
  again();
  await new Promise(() => {});
}
