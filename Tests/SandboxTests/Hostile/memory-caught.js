/*
{
  "attempt": "Catches the lack of memory, lets go of everything, and returns a result.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"result": 3}
}
*/
export default async function handler(input, host) {
  let caught = 0;
  for (let i = 0; i < 3; i++) {
    try { const all = []; for (;;) all.push(new Uint8Array(65536)); } catch (error) { caught++; }
  }
  return caught;
}
