/*
{
  "attempt": "Keeps the queue of jobs full: each reaction makes the next promise.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const again = () => Promise.resolve().then(again);
  again();
  await new Promise(() => {});
}
