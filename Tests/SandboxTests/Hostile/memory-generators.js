/*
{
  "attempt": "Keeps generators, each suspended with a frame of its own.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  function* paused(all) { const frame = [1, 2, 3]; yield frame; }
  const all = [];
  for (;;) { const one = paused(all); one.next(); all.push(one); }
}
