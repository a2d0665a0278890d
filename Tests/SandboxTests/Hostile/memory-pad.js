/*
{
  "attempt": "Pads a string to hundreds of megabytes.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "".padStart(2 ** 29, "abc");
}
