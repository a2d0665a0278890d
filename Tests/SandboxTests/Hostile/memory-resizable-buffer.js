/*
{
  "attempt": "Grows a resizable buffer that reserved a gigabyte.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(0, { maxByteLength: 2 ** 30 });
  buffer.resize(2 ** 30);
}
