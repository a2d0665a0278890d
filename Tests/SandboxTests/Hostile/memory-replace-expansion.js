/*
{
  "attempt": "Lets a replacement grow its match a thousandfold at each of many places.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  "a".repeat(1e5).replaceAll(/a/g, "$&".repeat(1000));
}
