/*
{
  "attempt": "Keeps async functions that wait for ever; each of them swallows the lack of memory as a rejection.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 200},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const never = new Promise(() => {});
  const wait = async () => { await never; };
  for (;;) wait();
}
