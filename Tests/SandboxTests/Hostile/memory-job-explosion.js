/*
{
  "attempt": "Has each job queue two, and swallows the lack of memory in the promises of the jobs.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 200},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const fork = () => { Promise.resolve().then(fork); Promise.resolve().then(fork); };
  fork();
  await new Promise(() => {});
}
