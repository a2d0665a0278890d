/*
{
  "attempt": "Moves megabytes with TypedArray.prototype.set.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const bytes = new Uint8Array(3e7);
  for (;;) bytes.set(bytes.subarray(1), 0);
}
