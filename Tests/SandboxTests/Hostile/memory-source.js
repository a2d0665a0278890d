/*
{
  "attempt": "Is itself a source whose code does not fit into its memory.",
  "limits": {"memoryBytes": 2097152, "cpuMilliseconds": 5000},
  "bytes": {"@NUMBERS@": {"text": "{a:1},", "times": 100000}},
  "expect": {"failure": "memory_limit"}
}
*/
const all = [@NUMBERS@];
export default async function handler(input, host) {
  return all.length;
}
