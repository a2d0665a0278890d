/*
{
  "attempt": "Concatenates an object that claims to be an array of millions.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  [].concat(
    { length: 2 ** 31, [Symbol.isConcatSpreadable]: true },
    { length: 1, 0: 1, [Symbol.isConcatSpreadable]: true }
  );
}
