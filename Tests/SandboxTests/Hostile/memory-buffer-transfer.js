/*
{
  "attempt": "Grows a buffer by transferring it to ever larger ones.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let buffer = new ArrayBuffer(1024);
  for (;;) buffer = buffer.transfer(buffer.byteLength * 2);
}
